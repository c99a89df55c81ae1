package io.github.tfkfac.detection.assign;

import io.github.tfkfac.models.layer.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/** Subsampling of anchors and RoIs: chooses those to train on where there are too many. */
public sealed interface Sampling {

  /** {@code count} of the candidates, all if there are fewer, in ascending order. */
  int[] choose(int[] candidates, int count, String name, long step, long image);

  /**
   * Keys of candidates, of which the largest are chosen.
   *
   * @param count number of candidates, {@code []}
   * @param step of the training, {@code []}
   * @return finite, {@code [count]}
   */
  Operand<TFloat32> keys(Ops tf, Operand<TInt32> count, String name, Operand<TInt64> step);

  /** Those of lowest index, for comparison with other implementations. */
  record First() implements Sampling {

    @Override
    public int[] choose(int[] candidates, int count, String name, long step, long image) {
      int[] sorted = candidates.clone();
      Arrays.sort(sorted);
      return Arrays.copyOf(sorted, Math.min(count, sorted.length));
    }

    @Override
    public Operand<TFloat32> keys(
        Ops tf, Operand<TInt32> count, String name, Operand<TInt64> step) {
      Operand<TInt32> indices = tf.range(tf.constant(0), count, tf.constant(1));
      return tf.math.neg(tf.dtypes.cast(indices, TFloat32.class));
    }
  }

  /**
   * A random choice, each subset equally likely; it depends on the seed, the name, the step and the
   * image only, so that a resumed run makes the same.
   *
   * @param seed of the run
   */
  record Random(long seed) implements Sampling {

    @Override
    public int[] choose(int[] candidates, int count, String name, long step, long image) {
      int[] shuffled = candidates.clone();
      int chosen = Math.min(count, shuffled.length);
      SplittableRandom random =
          new SplittableRandom(Seed.of(seed, name + "/" + step + "/" + image).first());
      for (int i = 0; i < chosen; i++) {
        int other = random.nextInt(i, shuffled.length);
        int swapped = shuffled[i];
        shuffled[i] = shuffled[other];
        shuffled[other] = swapped;
      }
      int[] result = Arrays.copyOf(shuffled, chosen);
      Arrays.sort(result);
      return result;
    }

    @Override
    public Operand<TFloat32> keys(
        Ops tf, Operand<TInt32> count, String name, Operand<TInt64> step) {
      Operand<TInt64> key = tf.stack(List.of(tf.constant(Seed.of(seed, name).first()), step));
      return tf.random.statelessRandomUniform(
          tf.reshape(count, tf.constant(new int[] {1})), key, TFloat32.class);
    }
  }
}
