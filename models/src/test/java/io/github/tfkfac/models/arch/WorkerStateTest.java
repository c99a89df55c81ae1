package io.github.tfkfac.models.arch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.CollectiveHint;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.WorkerLayout;
import io.github.tfkfac.internal.graph.ElementSize;
import io.github.tfkfac.internal.worker.CollectiveWorkers;
import io.github.tfkfac.models.layer.Network;
import io.github.tfkfac.models.layer.SoftmaxCrossEntropy;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Looks at graphs only: no worker runs. */
class WorkerStateTest {

  private static final int CLASSES = 1000;

  @Test
  void theMemoryLayoutHalvesTheStateOfTwoWorkers() {
    long whole = bytes(0, WorkerLayout.COMMUNICATION);
    long first = bytes(0, WorkerLayout.MEMORY);
    long second = bytes(1, WorkerLayout.MEMORY);
    assertThat(Math.max(first, second)).isLessThan(whole * 6 / 10);
    // Momentum, counters and nothing else are with both.
    assertThat(first + second).isBetween(whole, whole * 11 / 10);
  }

  /** Bytes of what the optimizer keeps on one of two workers. */
  private static long bytes(int worker, WorkerLayout layout) {
    try (Network<TFloat32> network = new Network<>(TFloat32.class)) {
      Operand<TFloat32> images =
          network.tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 224, 224, 3)));
      Operand<TFloat32> targets =
          network.tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, CLASSES)));
      Operand<TFloat32> logits =
          Architectures.named("resnet18-imagenet").logits(network.training(0), images, CLASSES);
      Kfac optimizer = new Kfac(network.graph, KfacOptions.nkfac());
      optimizer.acrossWorkers(new CollectiveWorkers(2, worker, CollectiveHint.AUTO), layout);
      optimizer.minimize(new SoftmaxCrossEntropy().loss(network.tf, logits, targets));
      return optimizer.stateVariables().stream()
          .mapToLong(variable -> variable.shape().size() * ElementSize.of(variable.type()))
          .sum();
    }
  }
}
