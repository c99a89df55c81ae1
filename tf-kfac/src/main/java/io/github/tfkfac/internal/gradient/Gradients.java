package io.github.tfkfac.internal.gradient;

import io.github.tfkfac.internal.graph.TrainableVariables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Ops;

/**
 * Derivatives of a graph, right or rejected.
 *
 * <p>Where TensorFlow's C++ library has every derivative of the path and {@link GradientAudit}
 * knows nothing against them, this is {@code Graph.addGradients}. Otherwise the backward pass is
 * put together here, operation by operation: by a rule of this package where the audit has one, and
 * else by the library's own derivative of that operation. The forward graph stays as it is.
 *
 * <p>An object serves one graph; derivatives of like operations are worked out once.
 */
public final class Gradients {

  /** Number of variables that an error names. */
  private static final int NAMED = 4;

  private final Graph graph;
  private final Map<LibraryGradient.Question, LibraryGradient> answers = new HashMap<>();

  /** Derivatives of a graph. */
  public Gradients(Graph graph) {
    this.graph = graph;
  }

  /**
   * The gradients of a sum of losses.
   *
   * @param losses what is differentiated; added up
   * @param targets what it is differentiated by
   * @return one per target, in its shape
   * @throws GradientException in one line, before anything is built, if an operation between them
   *     has no derivative or one that is known to be wrong
   */
  public List<Output<?>> add(List<Output<?>> losses, List<Output<?>> targets) {
    return add(losses, targets, null);
  }

  /**
   * The same with a gradient for each loss to start from.
   *
   * @param gradients one per loss, in its shape; null for ones
   */
  public List<Output<?>> add(
      List<Output<?>> losses, List<Output<?>> targets, @Nullable List<Output<?>> gradients) {
    GradientPath path = new GradientPath(losses, targets);
    List<OperationUse> uses = path.uses();
    boolean direct = true;
    for (OperationUse use : uses) {
      Optional<GradientFinding> finding = GradientAudit.find(use);
      if (finding.isPresent()) {
        if (finding.get().treatment() instanceof GradientFinding.Rejected rejected) {
          throw rejection(path, use, finding.get(), rejected);
        }
        direct &= finding.get().treatment() instanceof GradientFinding.Noted;
      }
    }
    direct &=
        path.metByTensorFlow().stream()
            .map(GraphOperation::type)
            .allMatch(OperationDefinitions::hasGradient);
    direct &= losses.stream().noneMatch(loss -> path.hasConsumers((GraphOperation) loss.op()));
    return direct
        ? direct(losses, targets, gradients)
        : sweep(path, uses, losses, targets, gradients);
  }

  /** The same by target. */
  public Map<Output<?>, Output<?>> byTarget(
      List<Output<?>> losses, Set<Output<?>> targets, @Nullable List<Output<?>> gradients) {
    List<Output<?>> wanted = List.copyOf(targets);
    List<Output<?>> found = add(losses, wanted, gradients);
    Map<Output<?>, Output<?>> byTarget = new HashMap<>();
    for (int i = 0; i < found.size(); i++) {
      byTarget.put(wanted.get(i), found.get(i));
    }
    return byTarget;
  }

  private List<Output<?>> direct(
      List<Output<?>> losses, List<Output<?>> targets, @Nullable List<Output<?>> gradients) {
    Output<?>[] found =
        graph.addGradients(
            null,
            losses.toArray(Output<?>[]::new),
            targets.toArray(Output<?>[]::new),
            gradients == null ? null : gradients.toArray(Output<?>[]::new));
    List<Output<?>> all = new ArrayList<>();
    for (int i = 0; i < found.length; i++) {
      if (!LibraryGradient.exists(found[i])) {
        throw none(targets.get(i));
      }
      all.add(found[i]);
    }
    return all;
  }

  private List<Output<?>> sweep(
      GradientPath path,
      List<OperationUse> uses,
      List<Output<?>> losses,
      List<Output<?>> targets,
      @Nullable List<Output<?>> gradients) {
    Ops tf = Ops.create(graph).withSubScope("gradients");
    BackwardSweep sweep = new BackwardSweep(tf, uses, step -> derivative(path, step));
    for (int i = 0; i < losses.size(); i++) {
      sweep.start(
          losses.get(i),
          gradients == null
              ? tf.onesLike(OperationStep.number(losses.get(i))).asOutput()
              : gradients.get(i));
    }
    sweep.run();
    List<Output<?>> all = new ArrayList<>();
    for (Output<?> target : targets) {
      Output<?> gradient = sweep.gradient(target);
      if (gradient == null) {
        throw none(target);
      }
      all.add(gradient);
    }
    return all;
  }

  private Map<Integer, Operand<?>> derivative(GradientPath path, OperationStep step) {
    Optional<GradientFinding> finding = GradientAudit.find(step.use());
    if (finding.isPresent()
        && finding.get().treatment() instanceof GradientFinding.Supplied supplied) {
      return supplied.rule().gradients(step);
    }
    try {
      return answers
          .computeIfAbsent(LibraryGradient.question(step), LibraryGradient::of)
          .gradients(step);
    } catch (TensorFlowException | IllegalArgumentException rejected) {
      throw new GradientException(
          "expected a derivative of %s, found that TensorFlow cannot build it: %s; %s"
              .formatted(
                  described(step.operation()),
                  String.valueOf(rejected.getMessage()).lines().findFirst().orElse(""),
                  wayOut(path, step.operation())));
    }
  }

  private GradientException rejection(
      GradientPath path,
      OperationUse use,
      GradientFinding finding,
      GradientFinding.Rejected rejected) {
    return new GradientException(
        "expected a derivative of every operation between the loss and what it trains, found %s: %s; %s%s"
            .formatted(
                described(use.operation()),
                finding.reason(use),
                wayOut(path, use.operation()),
                rejected.remedy().isEmpty() ? "" : ", or " + rejected.remedy()));
  }

  private static String wayOut(GradientPath path, GraphOperation operation) {
    List<GraphOperation> sources =
        path.targetsBefore(operation).stream().map(Gradients::source).distinct().toList();
    List<GraphOperation> read = sources.stream().filter(TrainableVariables::isVariable).toList();
    List<String> named =
        (read.isEmpty() ? sources : read).stream().map(GraphOperation::name).toList();
    String listed =
        named.stream().limit(NAMED).map(name -> "'" + name + "'").collect(Collectors.joining(", "));
    return "freeze what lies before it, %s%s (exclude it with a VariableFilter, --freeze)"
        .formatted(
            listed, named.size() > NAMED ? " and %d others".formatted(named.size() - NAMED) : "");
  }

  private static GradientException none(Output<?> target) {
    return new GradientException(
        "expected a gradient of '%s', found that no operation between it and the loss passes one on; exclude it with a VariableFilter (--freeze)"
            .formatted(source(target).name()));
  }

  /** The variable that a target reads, or the layer that it is the output of. */
  private static GraphOperation source(Output<?> target) {
    GraphOperation operation = (GraphOperation) target.op();
    while (operation.type().equals("ReadVariableOp") || operation.type().equals("Identity")) {
      operation = (GraphOperation) operation.input(0).op();
    }
    return operation;
  }

  private static String described(GraphOperation operation) {
    return operation.type() + " '" + operation.name() + "'";
  }
}
