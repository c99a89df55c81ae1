package io.github.tfkfac.models.savedmodel;

import io.github.tfkfac.models.text.Counts;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.proto.DataType;

/**
 * Report on whether a model's normalizations and dropout can be run as in training, and on what its
 * signature does by itself.
 *
 * @param learningPhase a truth value that is fed to switch the whole graph to training, if there is
 *     one
 * @param trainingSignature whether the model has functions for training besides those of its
 *     signatures; see {@link LoadedModel#trainingSignature}
 * @param trainingNormalizations normalizations that use the statistics of the batch
 * @param inferenceNormalizations normalizations that use their moving statistics
 * @param draws operations of the signature that draw random numbers in every run
 * @param updated variables that the signature changes and training steps on it change as well
 * @param left trainable variables that the signature changes, which training steps leave out with
 *     all its other changes
 */
public record ModeReport(
    Optional<String> learningPhase,
    boolean trainingSignature,
    List<String> trainingNormalizations,
    List<String> inferenceNormalizations,
    List<String> draws,
    List<String> updated,
    List<String> left) {

  private static final int NAMED = 3;

  public ModeReport {
    trainingNormalizations = List.copyOf(trainingNormalizations);
    inferenceNormalizations = List.copyOf(inferenceNormalizations);
    draws = List.copyOf(draws);
    updated = List.copyOf(updated);
    left = List.copyOf(left);
  }

  /**
   * Reports on a graph.
   *
   * @param statistics names of the variables with moving statistics
   * @param trainable names of the trainable variables
   * @param effects what the signature does
   */
  static ModeReport of(
      Graph graph,
      boolean trainingSignature,
      Set<String> statistics,
      Set<String> trainable,
      SignatureEffects effects) {
    List<String> training = new ArrayList<>();
    List<String> inference = new ArrayList<>();
    Optional<String> learningPhase = Optional.empty();
    Set<String> unfused = new TreeSet<>(statistics);
    Iterator<GraphOperation> operations = graph.operations();
    while (operations.hasNext()) {
      GraphOperation operation = operations.next();
      if (operation.type().matches("FusedBatchNorm(V2|V3)?")) {
        (operation.attributes().getAttrBool("is_training") ? training : inference)
            .add(operation.name());
        unfused.removeAll(statisticsOf(operation, statistics));
      } else if (operation.type().equals("PlaceholderWithDefault")
          && operation.output(0).dataType() == DataType.DT_BOOL) {
        learningPhase = Optional.of(operation.name());
      }
    }
    layers(unfused, effects.written())
        .forEach((layer, isUpdated) -> (isUpdated ? training : inference).add(layer));
    boolean trains = effects.written().stream().anyMatch(trainable::contains);
    List<String> written = new ArrayList<>(new TreeSet<>(effects.written()));
    return new ModeReport(
        learningPhase,
        trainingSignature,
        training,
        inference,
        effects.draws(),
        trains ? List.of() : written,
        trains ? written.stream().filter(trainable::contains).toList() : List.of());
  }

  /** The moving statistics that a fused normalization takes or passes on. */
  private static Set<String> statisticsOf(GraphOperation fused, Set<String> statistics) {
    Set<String> found = new HashSet<>();
    Deque<GraphOperation> open = new ArrayDeque<>();
    for (int i = 3; i < fused.numInputs(); i++) {
      open.add((GraphOperation) fused.input(i).op());
    }
    while (!open.isEmpty()) {
      GraphOperation operation = open.remove();
      if (statistics.contains(operation.name())) {
        found.add(operation.name());
      } else if (operation.type().matches("Identity|ReadVariableOp|Cast")) {
        open.add((GraphOperation) operation.input(0).op());
      }
    }
    return found;
  }

  /** The layers that moving statistics belong to, and whether these are updated. */
  private static TreeMap<String, Boolean> layers(Set<String> statistics, Set<String> written) {
    TreeMap<String, Boolean> layers = new TreeMap<>();
    for (String name : statistics) {
      int end = name.lastIndexOf('/');
      layers.merge(
          end < 0 ? name : name.substring(0, end), written.contains(name), Boolean::logicalOr);
    }
    return layers;
  }

  /** One sentence for people. */
  public String statement() {
    if (learningPhase.isPresent()) {
      return "the graph computes training when '" + learningPhase.get() + "' is fed with true";
    }
    if (trainingSignature) {
      return "the model has functions for training and for inference" + changes();
    }
    return "the model was saved in one mode, which training uses too: "
        + (draws.isEmpty()
            ? "any dropout passes everything"
            : "it draws random numbers in every run (" + some(draws) + ")")
        + ", "
        + (inferenceNormalizations.isEmpty() && trainingNormalizations.isEmpty()
            ? "and it has no batch normalizations"
            : Counts.of(
                    inferenceNormalizations.size(),
                    "batch normalization keeps its",
                    "batch normalizations keep their")
                + " moving statistics, "
                + Counts.of(trainingNormalizations.size(), "uses", "use")
                + " those of the batch")
        + changes();
  }

  private String changes() {
    return (updated.isEmpty()
            ? ""
            : "; its signature changes "
                + some(updated)
                + " in every run, and so do training steps")
        + (left.isEmpty()
            ? ""
            : "; its signature changes trainable variables ("
                + some(left)
                + "), training steps do not run that");
  }

  private static String some(Collection<String> names) {
    String first =
        names.stream().limit(NAMED).map(name -> "'" + name + "'").collect(Collectors.joining(", "));
    return names.size() <= NAMED ? first : first + " and " + (names.size() - NAMED) + " more";
  }
}
