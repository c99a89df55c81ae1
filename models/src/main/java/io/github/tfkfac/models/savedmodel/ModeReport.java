package io.github.tfkfac.models.savedmodel;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.proto.DataType;

/**
 * Whether a model's normalisations and dropout can be run as in training.
 *
 * @param learningPhase a truth value that is fed to switch the whole graph to training, if there is
 *     one
 * @param trainingSignature whether the model has functions for training besides those of its
 *     signatures; see {@link LoadedModel#trainingSignature}
 * @param trainingNormalisations normalisations that use the statistics of the batch
 * @param inferenceNormalisations normalisations that use their moving statistics
 */
public record ModeReport(
    Optional<String> learningPhase,
    boolean trainingSignature,
    List<String> trainingNormalisations,
    List<String> inferenceNormalisations) {

  public ModeReport {
    trainingNormalisations = List.copyOf(trainingNormalisations);
    inferenceNormalisations = List.copyOf(inferenceNormalisations);
  }

  static ModeReport of(Graph graph, boolean trainingSignature) {
    List<String> training = new ArrayList<>();
    List<String> inference = new ArrayList<>();
    Optional<String> learningPhase = Optional.empty();
    Iterator<GraphOperation> operations = graph.operations();
    while (operations.hasNext()) {
      GraphOperation operation = operations.next();
      if (operation.type().matches("FusedBatchNorm(V2|V3)?")) {
        (operation.attributes().getAttrBool("is_training") ? training : inference)
            .add(operation.name());
      } else if (operation.type().equals("PlaceholderWithDefault")
          && operation.output(0).dataType() == DataType.DT_BOOL) {
        learningPhase = Optional.of(operation.name());
      }
    }
    return new ModeReport(learningPhase, trainingSignature, training, inference);
  }

  /** One sentence for people. */
  public String statement() {
    if (learningPhase.isPresent()) {
      return "the graph computes training when '" + learningPhase.get() + "' is fed with true";
    }
    if (trainingSignature) {
      return "the model has functions for training and for inference";
    }
    return "the model was saved in one mode, which training uses too: any dropout passes everything, "
        + (inferenceNormalisations.isEmpty() && trainingNormalisations.isEmpty()
            ? "and it has no normalisations"
            : inferenceNormalisations.size()
                + " normalisations keep their moving statistics, "
                + trainingNormalisations.size()
                + " use those of the batch");
  }
}
