package io.github.tfkfac.models.train;

import io.github.tfkfac.models.data.Batch;
import io.github.tfkfac.models.data.BatchPlan;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/** A classifier of images in a graph, wherever it comes from: what training and evaluation need. */
public interface Classifier<T extends TNumber> {

  /** Images to be fed, {@code [N, H, W, C]}; a SavedModel may take them in another type. */
  Operand<? extends TNumber> images();

  /** Labels to be fed, one-hot, {@code [N, classes]}. */
  Operand<T> labels();

  /** The pass that evaluation runs. */
  Pass<T> inference();

  /**
   * Settings that decide the network, by name; kept in checkpoints and compared when a run is
   * resumed.
   */
  Map<String, String> settings();

  /**
   * Rejects batches that the network cannot take.
   *
   * @throws IllegalArgumentException if images or classes are not those of the network
   */
  void requireFits(BatchPlan plan);

  /** The tensors of a batch. */
  Feeds feeds(Batch batch);
}
