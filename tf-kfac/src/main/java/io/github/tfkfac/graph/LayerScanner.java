package io.github.tfkfac.graph;

import io.github.tfkfac.graph.LayerMatch.Signature;
import io.github.tfkfac.graph.ScanReport.Entry;
import io.github.tfkfac.graph.ScanReport.Outcome;
import io.github.tfkfac.graph.TrainableVariables.Trainable;
import io.github.tfkfac.state.GraphVariable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.family.TNumber;

/**
 * Finds the layers of a graph by walking from the variables' consumers to the loss; nothing has to
 * be registered.
 *
 * <p>Every use of a weight on the way to the loss must be the same kind of layer; a bias is joined
 * to a weight when it is added to each of the weight's outputs and to nothing else. Penalties of
 * the loss (L2Loss, Square, Abs) count as no use. Adds no operations.
 */
public final class LayerScanner {

  private final TrainableVariables variables;
  private final VariableFilter layers;
  private final NormalisationParameters normalisation;
  private final LossPath path;
  private final Map<Output<?>, Trainable<?>> owners = new HashMap<>();
  private final Map<String, LayerSite<?>> sites = new LinkedHashMap<>();
  private final Map<String, String> reasons = new HashMap<>();

  private LayerScanner(
      TrainableVariables variables,
      List<? extends Operand<?>> losses,
      VariableFilter layers,
      NormalisationParameters normalisation) {
    this.variables = variables;
    this.layers = layers;
    this.normalisation = normalisation;
    this.path = new LossPath(losses);
  }

  /**
   * The layers of a graph and the report about all its variables.
   *
   * @param sites the layers that were captured, in the order of their weights
   * @param report what happens to every variable
   */
  public record Scan(List<LayerSite<?>> sites, ScanReport report) {

    public Scan {
      sites = List.copyOf(sites);
    }
  }

  /** Scans with the parameters of normalisation layers left plain. */
  public static Scan scan(
      TrainableVariables variables, List<? extends Operand<?>> losses, VariableFilter layers) {
    return scan(variables, losses, layers, NormalisationParameters.PLAIN);
  }

  /**
   * Scans the way from the variables to the losses.
   *
   * @param variables the variables to be trained
   * @param losses the losses
   * @param layers which weights may be captured, by name
   * @param normalisation how the scale and shift of normalisation layers are trained
   */
  public static Scan scan(
      TrainableVariables variables,
      List<? extends Operand<?>> losses,
      VariableFilter layers,
      NormalisationParameters normalisation) {
    LayerScanner scanner = new LayerScanner(variables, losses, layers, normalisation);
    scanner.scanWeights();
    return new Scan(List.copyOf(scanner.sites.values()), scanner.report());
  }

  private void scanWeights() {
    for (Trainable<?> variable : variables.trained()) {
      for (Output<?> value : values(variable)) {
        owners.put(value, variable);
      }
    }
    for (Trainable<?> variable : variables.trained()) {
      scanWeight(variable);
    }
  }

  private <T extends TNumber> void scanWeight(Trainable<T> variable) {
    Set<Signature> signatures = new LinkedHashSet<>();
    List<LayerUse> uses = new ArrayList<>();
    for (Output<?> value : values(variable)) {
      for (GraphOperation consumer : path.consumers(value)) {
        if (consumer.type().equals("Identity")) {
          continue;
        }
        LayerMatch match =
            LayerMatch.of(consumer, value, variable.variable().shape(), normalisation);
        if (match instanceof LayerMatch.Other other) {
          reasons.putIfAbsent(variable.name(), other.reason());
          return;
        }
        if (match instanceof LayerMatch.Layer layer) {
          signatures.add(layer.signature());
          uses.add(layer.use());
        }
      }
    }
    if (signatures.size() > 1) {
      reasons.put(variable.name(), "used by layers of different kinds: " + signatures);
    } else if (signatures.isEmpty()) {
      reasons.put(variable.name(), "no layer uses it");
    } else if (!layers.accepts(variable.name())) {
      reasons.put(variable.name(), "its layer was left out by the layer filter");
    } else {
      capture(variable.variable(), signatures.iterator().next(), uses);
    }
  }

  private <T extends TNumber> void capture(
      GraphVariable<T> weight, Signature signature, List<LayerUse> uses) {
    LayerSite<T> site = signature.site(weight, bias(weight, uses), uses);
    sites.put(weight.name(), site);
    reasons.put(weight.name(), describe(site));
    site.bias()
        .ifPresent(
            variable -> reasons.put(variable.name(), "bias of layer '" + weight.name() + "'"));
  }

  private <T extends TNumber> Optional<GraphVariable<T>> bias(
      GraphVariable<T> weight, List<LayerUse> uses) {
    Set<Trainable<?>> found = new LinkedHashSet<>();
    Set<GraphOperation> additions = new LinkedHashSet<>();
    for (LayerUse use : uses) {
      Optional<GraphOperation> addition = addition(use);
      Optional<Trainable<?>> added = addition.flatMap(one -> addedBias(one, use.output()));
      if (added.isEmpty()) {
        return Optional.empty();
      }
      found.add(added.get());
      additions.add(addition.get());
    }
    if (found.size() != 1) {
      return Optional.empty();
    }
    Trainable<?> bias = found.iterator().next();
    boolean addedElsewhere =
        values(bias).stream()
            .flatMap(value -> path.consumers(value).stream())
            .anyMatch(
                consumer ->
                    !consumer.type().equals("Identity")
                        && !additions.contains(consumer)
                        && !LayerMatch.isPenalty(consumer));
    if (addedElsewhere || bias.variable().type() != weight.type()) {
      return Optional.empty();
    }
    @SuppressWarnings("unchecked") // the types were just compared
    GraphVariable<T> typed = (GraphVariable<T>) bias.variable();
    return Optional.of(typed);
  }

  /** Where a bias may be added to what a weight was applied to. */
  private Optional<GraphOperation> addition(LayerUse use) {
    GraphOperation layer = (GraphOperation) use.output().op();
    if (ScaleShiftMatch.isFused(layer)) {
      return Optional.of(layer);
    }
    List<GraphOperation> consumers = path.consumers(use.output());
    return consumers.size() == 1 ? Optional.of(consumers.get(0)) : Optional.empty();
  }

  private Optional<Trainable<?>> addedBias(GraphOperation addition, Output<?> output) {
    Output<?> added;
    switch (addition.type()) {
      case "BiasAdd" -> {
        boolean lastDimension = addition.attributes().getAttrString("data_format").equals("NHWC");
        if (!lastDimension || !addition.input(0).equals(output)) {
          return Optional.empty();
        }
        added = addition.input(1);
      }
      case "Add", "AddV2" ->
          added = addition.input(0).equals(output) ? addition.input(1) : addition.input(0);
      default -> {
        // What a normalisation adds to something it scales is no bias of the layer before it.
        if (!ScaleShiftMatch.isFused(addition) || !addition.equals(output.op())) {
          return Optional.empty();
        }
        added = ScaleShiftMatch.fusedShift(addition);
      }
    }
    long features = output.shape().get(output.shape().numDimensions() - 1);
    Trainable<?> owner = owners.get(added);
    if (owner == null || !owner.variable().shape().equals(Shape.of(features))) {
      return Optional.empty();
    }
    return Optional.of(owner);
  }

  private Set<Output<?>> values(Trainable<?> variable) {
    return TrainableVariables.valueOutputs(variable.gradientSources(), path);
  }

  private ScanReport report() {
    Set<String> captured = new LinkedHashSet<>(sites.keySet());
    sites.values().forEach(site -> site.bias().ifPresent(bias -> captured.add(bias.name())));
    List<Entry> entries = new ArrayList<>();
    for (Trainable<?> variable : variables.trained()) {
      String name = variable.name();
      entries.add(
          new Entry(
              name,
              variable.variable().shape(),
              captured.contains(name) ? Outcome.CAPTURED : Outcome.PLAIN,
              reasons.getOrDefault(name, "no layer uses it")));
    }
    variables
        .excluded()
        .forEach(
            one -> entries.add(new Entry(one.name(), one.shape(), Outcome.EXCLUDED, one.reason())));
    return new ScanReport(entries);
  }

  private static String describe(LayerSite<?> site) {
    return site.kind()
        + ": "
        + (site.blocks() > 1 ? site.blocks() + " blocks, " : "")
        + "factors "
        + (site.inputStructure() instanceof FactorStructure.Diagonal ? "diagonal " : "")
        + site.inputSize()
        + " and "
        + site.outputSize()
        + (site.bias().isPresent() ? ", with bias" : ", no bias")
        + (site.uses().size() > 1 ? ", used " + site.uses().size() + " times" : "");
  }
}
