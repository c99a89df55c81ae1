package io.github.tfkfac.models.train;

import io.github.tfkfac.Checkpoint;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.models.data.BatchSource;
import io.github.tfkfac.models.data.BatcherPosition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Network in a graph with its training step: its batches, its feeds, its numbers and its evaluation
 * as a {@link Trainer} asks for them.
 *
 * @param <P> plan of batches
 * @param <B> a batch
 * @param <E> an evaluation
 */
public interface Trainable<P, B, E> {

  /** Optimizer of the training step. */
  TrainingOptimizer optimizer();

  /** Operation to run for a training step. */
  Op step();

  /** Saves and restores all variables. */
  Checkpoint checkpoint();

  /**
   * Settings that decide a run besides those of its plan, by name; kept in checkpoints and compared
   * when the run is resumed.
   */
  Map<String, String> settings(P batches);

  /**
   * Rejects a plan that cannot be carried out.
   *
   * @throws IllegalArgumentException if its data do not fit the network
   */
  void requireFits(TrainingPlan<P> plan);

  /** Batches of an epoch. */
  int batchesPerEpoch(P batches);

  /** Batches without end from a position on, prepared ahead. */
  BatchSource<B> batches(P batches, BatcherPosition start);

  /** Number of images of a batch. */
  int size(B batch);

  /** Ids of the images of a batch if they have some, for messages. */
  default List<Long> ids(B batch) {
    return List.of();
  }

  /** Terms of the loss by name, scalars in float32 or float64; the loss is their sum. */
  Map<String, Operand<? extends TNumber>> losses();

  /** Correctly classified images of the batch, if they are classified. */
  default Optional<Operand<TInt64>> correct() {
    return Optional.empty();
  }

  /**
   * Tensors that a step needs.
   *
   * @param step training steps done
   * @param key of random numbers, which differs among workers
   */
  Feeds feeds(B batch, long step, long key);

  /**
   * Evaluates the network as it is in a session.
   *
   * @return nothing if a stop was requested
   */
  Optional<E> evaluate(Session session, P batches, StopSignal stop);

  /**
   * Tells a listener of an evaluation.
   *
   * @param step training steps done
   * @param epoch passes over the training data completed
   */
  void report(E evaluation, long step, int epoch, TrainingListener listener);
}
