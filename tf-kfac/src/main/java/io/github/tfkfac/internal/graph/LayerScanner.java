package io.github.tfkfac.internal.graph;

import io.github.tfkfac.NormalizationParameters;
import io.github.tfkfac.ScanReport;
import io.github.tfkfac.ScanReport.Entry;
import io.github.tfkfac.ScanReport.Outcome;
import io.github.tfkfac.VariableFilter;
import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.LayerUse;
import io.github.tfkfac.internal.graph.TrainableVariables.Trainable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.types.family.TNumber;

/**
 * Matches the layers of a graph by walking from the variables' consumers to the loss; nothing has
 * to be registered.
 *
 * <p>Every use of a weight on the way to the loss must be the same kind of layer; a bias is joined
 * to a weight when it is added to each of the weight's outputs and to nothing else. Penalties of
 * the loss (L2Loss, Square, Abs) count as no use. Adds no operations.
 */
public final class LayerScanner {

  private final TrainableVariables variables;
  private final VariableFilter layers;
  private final NormalizationParameters normalization;
  private final LossPath path;
  private final AxisTracker tracker;
  private final Map<String, List<WeightPath.Use>> found = new HashMap<>();
  private final Map<Output<?>, BiasMatch.Owned> owners = new HashMap<>();
  private final Map<String, LayerSite<?>> sites = new LinkedHashMap<>();
  private final Map<String, String> reasons = new HashMap<>();

  private LayerScanner(
      TrainableVariables variables,
      List<? extends Operand<?>> losses,
      VariableFilter layers,
      NormalizationParameters normalization) {
    this.variables = variables;
    this.layers = layers;
    this.normalization = normalization;
    this.path = new LossPath(losses);
    this.tracker = new AxisTracker(losses);
  }

  /** The layers of a graph and the report about all its variables. */
  public record Scan(List<LayerSite<?>> sites, ScanReport report) {

    public Scan {
      sites = List.copyOf(sites);
    }
  }

  /** Scans with the parameters of normalization layers not captured. */
  public static Scan scan(
      TrainableVariables variables, List<? extends Operand<?>> losses, VariableFilter layers) {
    return scan(variables, losses, layers, NormalizationParameters.PLAIN);
  }

  /**
   * Scans the way from the variables to the losses.
   *
   * @param layers which weights may be captured, by name
   * @param normalization how the scale and shift of normalization layers are trained
   */
  public static Scan scan(
      TrainableVariables variables,
      List<? extends Operand<?>> losses,
      VariableFilter layers,
      NormalizationParameters normalization) {
    LayerScanner scanner = new LayerScanner(variables, losses, layers, normalization);
    scanner.scanWeights();
    return new Scan(List.copyOf(scanner.sites.values()), scanner.report());
  }

  private void scanWeights() {
    for (Trainable<?> variable : variables.trained()) {
      List<WeightPath.Use> uses =
          WeightPath.of(variable.gradientSources(), variable.variable().shape(), path, tracker);
      found.put(variable.name(), uses);
      for (WeightPath.Use use : uses) {
        owners.put(use.weight().value(), new BiasMatch.Owned(variable, use.weight()));
      }
    }
    for (Trainable<?> variable : variables.trained()) {
      scanWeight(variable);
    }
  }

  private <T extends TNumber> void scanWeight(Trainable<T> variable) {
    Set<LayerKind> kinds = new LinkedHashSet<>();
    List<LayerUse> uses = new ArrayList<>();
    for (WeightPath.Use use : found.getOrDefault(variable.name(), List.of())) {
      LayerMatch match =
          LayerMatch.of(
              use.consumer(), use.weight(), variable.variable().shape(), normalization, tracker);
      if (match instanceof LayerMatch.Other other) {
        reasons.putIfAbsent(variable.name(), other.reason());
        return;
      }
      if (match instanceof LayerMatch.Layer layer) {
        kinds.add(layer.kind());
        uses.add(layer.use().in(variable.variable().type()));
      }
    }
    if (kinds.size() > 1) {
      reasons.put(
          variable.name(),
          "used by layers of different kinds: "
              + kinds.stream().map(LayerKind::description).collect(Collectors.joining("; ")));
    } else if (kinds.isEmpty()) {
      reasons.put(variable.name(), "no layer uses it");
    } else if (!layers.accepts(variable.name())) {
      reasons.put(variable.name(), "its layer was left out by the layer filter");
    } else {
      capture(variable.variable(), kinds.iterator().next(), uses);
    }
  }

  private <T extends TNumber> void capture(
      GraphVariable<T> weight, LayerKind kind, List<LayerUse> uses) {
    LayerSite<T> plain = new LayerSite<>(weight, Optional.empty(), uses, kind);
    LayerSite<T> site =
        kind instanceof LayerKind.Embedding
            ? plain
            : new LayerSite<>(weight, bias(plain, uses), uses, kind);
    sites.put(weight.name(), site);
    reasons.put(weight.name(), describe(site));
    site.bias()
        .ifPresent(
            variable -> reasons.put(variable.name(), "bias of layer '" + weight.name() + "'"));
  }

  private <T extends TNumber> Optional<GraphVariable<T>> bias(
      LayerSite<T> site, List<LayerUse> uses) {
    BiasMatch match = new BiasMatch(path, owners);
    long features = (long) site.blocks() * site.outputSize();
    Set<Trainable<?>> biases = new LinkedHashSet<>();
    Set<GraphOperation> additions = new LinkedHashSet<>();
    for (LayerUse use : uses) {
      Optional<BiasMatch.Addition> addition = match.of(use, features);
      if (addition.isEmpty()) {
        return Optional.empty();
      }
      biases.add(addition.get().bias());
      additions.add(addition.get().operation());
    }
    if (biases.size() != 1) {
      return Optional.empty();
    }
    Trainable<?> bias = biases.iterator().next();
    boolean addedElsewhere =
        found.getOrDefault(bias.name(), List.of()).stream()
            .map(WeightPath.Use::consumer)
            .anyMatch(consumer -> !additions.contains(consumer) && !LayerMatch.isPenalty(consumer));
    boolean taken = sites.values().stream().anyMatch(other -> isBias(other, bias));
    if (addedElsewhere || taken || bias.variable().type() != site.weight().type()) {
      return Optional.empty();
    }
    @SuppressWarnings("unchecked") // the types were just compared
    GraphVariable<T> typed = (GraphVariable<T>) bias.variable();
    return Optional.of(typed);
  }

  private static boolean isBias(LayerSite<?> site, Trainable<?> variable) {
    return site.bias().filter(bias -> bias.name().equals(variable.name())).isPresent();
  }

  private ScanReport report() {
    Set<String> captured = new LinkedHashSet<>(sites.keySet());
    sites.values().forEach(site -> site.bias().ifPresent(bias -> captured.add(bias.name())));
    ShiftReason shifts = new ShiftReason(path, sites.values());
    List<Entry> entries = new ArrayList<>();
    for (Trainable<?> variable : variables.trained()) {
      String name = variable.name();
      if (!captured.contains(name)) {
        shifts.of(found.getOrDefault(name, List.of())).ifPresent(why -> reasons.put(name, why));
      }
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
    return site.label()
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
