package io.github.tfkfac.models.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;

class ModeReportTest {

  private static ModeReport report(boolean trainingSignature, Consumer<Ops> build) {
    try (Graph graph = new Graph()) {
      build.accept(Ops.create(graph));
      return ModeReport.of(graph, trainingSignature, Set.of(), Set.of(), SignatureEffects.NONE);
    }
  }

  private static void normalization(Ops tf, String name, boolean training) {
    Operand<TFloat32> vector = tf.constant(new float[] {1, 1, 1});
    tf.withName(name)
        .nn
        .fusedBatchNorm(
            tf.placeholder(TFloat32.class),
            vector,
            vector,
            vector,
            vector,
            FusedBatchNorm.isTraining(training));
  }

  @Test
  void aLearningPhaseIsToBeFed() {
    ModeReport report =
        report(
            false,
            tf ->
                tf.withName("keras_learning_phase")
                    .placeholderWithDefault(tf.constant(false), Shape.scalar()));
    assertThat(report.learningPhase()).contains("keras_learning_phase");
    assertThat(report.statement())
        .isEqualTo("the graph computes training when 'keras_learning_phase' is fed with true");
  }

  @Test
  void modelsWithFunctionsForTrainingSaySo() {
    assertThat(report(true, tf -> {}).statement())
        .isEqualTo("the model has functions for training and for inference");
  }

  @Test
  void normalizationsAreToldApartByTheirMode() {
    ModeReport report =
        report(
            false,
            tf -> {
              normalization(tf, "a", false);
              normalization(tf, "b", false);
              normalization(tf, "c", true);
            });
    assertThat(report.inferenceNormalizations()).containsExactly("a", "b");
    assertThat(report.trainingNormalizations()).containsExactly("c");
    assertThat(report.statement())
        .contains("2 batch normalizations keep their moving statistics, 1 uses those of the batch");
  }

  @Test
  void aModelWithoutModesSaysSo() {
    assertThat(report(false, tf -> {}).statement()).endsWith("and it has no batch normalizations");
  }
}
