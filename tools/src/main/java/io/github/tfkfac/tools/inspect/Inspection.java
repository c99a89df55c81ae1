package io.github.tfkfac.tools.inspect;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.ScanReport;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.models.train.ClassifierSpec;
import io.github.tfkfac.models.train.OptimizerFactory;
import io.github.tfkfac.models.train.TrainingGraph;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.family.TNumber;

/**
 * K-FAC's treatment of a network and its cost, found by building both in a graph that is never run.
 *
 * @param optimizer name of the optimizer
 * @param model name of the network
 * @param input what it takes
 * @param outputs output units, that is, numbers per example
 * @param batch examples per step
 * @param statisticsPeriod steps between two updates of the statistics
 * @param inversePeriod steps between two refreshes of the inverses
 * @param variables every variable of the network
 * @param layers the captured layers
 * @param memory what the optimizer keeps
 * @param cost of each part of a step, all captured layers together
 * @param overhead of an average step, all captured layers together
 * @param advice a limit of the factors, if one is recommended
 */
public record Inspection(
    String optimizer,
    String model,
    String input,
    int outputs,
    int batch,
    long statisticsPeriod,
    long inversePeriod,
    List<VariableFact> variables,
    List<LayerFact> layers,
    MemoryNeed memory,
    StepCost cost,
    Overhead overhead,
    List<FactorAdvice> advice) {

  public Inspection {
    advice = List.copyOf(advice);
    variables = List.copyOf(variables);
    layers = List.copyOf(layers);
  }

  /**
   * Builds the classifier with its optimizer and looks at them.
   *
   * @param name of the optimizer
   * @throws IllegalArgumentException if {@code batch} is not positive
   */
  public static <T extends TNumber> Inspection of(
      ClassifierSpec<T> spec, int batch, String name, KfacOptions options) {
    requirePositive(batch);
    try (Graph graph = new Graph()) {
      TrainingGraph<T> built = TrainingGraph.build(graph, spec, OptimizerFactory.kfac(options));
      return of(
          new Subject(
              spec.architecture().name(), spec.images().toString(), spec.classes(), batch, name),
          options,
          (Kfac) built.optimizer());
    }
  }

  static void requirePositive(int batch) {
    if (batch <= 0) {
      throw new IllegalArgumentException("expected a batch size > 0, found " + batch);
    }
  }

  /** Subject of an inspection: its first components. */
  record Subject(String model, String input, int outputs, int batch, String optimizer) {}

  /** Looks at an optimizer whose training step was built. */
  static Inspection of(Subject subject, KfacOptions options, Kfac optimizer) {
    return of(subject, options, optimizer, Output::shape);
  }

  /** The same with shapes of the layers' outputs that the graph leaves open. */
  static Inspection of(
      Subject subject, KfacOptions options, Kfac optimizer, Function<Output<?>, Shape> shapes) {
    CostModel model = new CostModel(options, subject.batch(), subject.outputs());
    KeptState state = KeptState.of(optimizer);
    List<LayerFact> layers =
        optimizer.layers().stream().map(site -> LayerFact.of(site, shapes, model, state)).toList();
    return of(subject, options, variablesOfNetwork(optimizer), layers, state.need())
        .with(FactorAdvice.of(optimizer, options, subject.batch(), subject.outputs(), shapes));
  }

  static Inspection of(
      Subject subject,
      KfacOptions options,
      List<ScanReport.Entry> variables,
      List<LayerFact> layers,
      MemoryNeed memory) {
    return new Inspection(
        subject.optimizer(),
        subject.model(),
        subject.input(),
        subject.outputs(),
        subject.batch(),
        options.factors().statistics().period(),
        options.refreshes().period(),
        variables.stream().map(VariableFact::of).toList(),
        layers,
        memory,
        layers.stream().map(LayerFact::cost).reduce(StepCost.ZERO, StepCost::plus),
        Overhead.of(layers),
        List.of());
  }

  private Inspection with(Optional<FactorAdvice> limit) {
    return new Inspection(
        optimizer,
        model,
        input,
        outputs,
        batch,
        statisticsPeriod,
        inversePeriod,
        variables,
        layers,
        memory,
        cost,
        overhead,
        limit.stream().toList());
  }

  private static List<ScanReport.Entry> variablesOfNetwork(Kfac optimizer) {
    Set<String> own =
        optimizer.stateVariables().stream().map(GraphVariable::name).collect(Collectors.toSet());
    return optimizer.scanReport().entries().stream()
        .filter(entry -> !own.contains(entry.variable()))
        .toList();
  }
}
