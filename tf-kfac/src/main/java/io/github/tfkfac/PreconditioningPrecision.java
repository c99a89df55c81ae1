package io.github.tfkfac;

import io.github.tfkfac.internal.linalg.LowPrecision;
import java.util.List;
import java.util.function.LongSupplier;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/**
 * Precision of the products of gradients and inverses, the work of every step.
 *
 * <p>In bfloat16 both factors are rounded to 8 bits, products are summed up in float32, and the
 * result is rounded once more and cast back. Inverses are computed and kept in float32, and the
 * length of the direction is controlled in float32.
 *
 * <p><i>Numerics</i>: each side of a layer adds a relative error of about 2⁻⁸ times {@code ‖B‖·‖D‖/
 * ‖B·D‖} of the inverse B and the gradient D to the direction; the control of the length removes
 * what it adds to the length.
 *
 * @param leastOrder inverses of at least this order are applied in bfloat16; {@link #NEVER} for
 *     none, 0 where it is to be measured, once per process when an optimizer is built
 * @param isMeasured whether the order is the result of a measurement
 */
public record PreconditioningPrecision(int leastOrder, boolean isMeasured) {

  /** An order that no inverse has. */
  public static final int NEVER = Integer.MAX_VALUE;

  /** Everything in float32, the default. */
  public static final PreconditioningPrecision FLOAT32 = new PreconditioningPrecision(NEVER, false);

  /** Every inverse in bfloat16. Networks in float64 are rejected. */
  public static final PreconditioningPrecision BFLOAT16 = new PreconditioningPrecision(1, false);

  /** Bfloat16 for the orders for which a measurement finds it faster; float64 stays float64. */
  public static final PreconditioningPrecision AUTO = new PreconditioningPrecision(0, false);

  /** The orders that are measured, falling. */
  private static final List<Integer> MEASURED_ORDERS = List.of(1536, 512, 128);

  /** What counts as faster. */
  private static final double GAIN = 0.9;

  /**
   * @throws IllegalArgumentException if the order is negative
   */
  public PreconditioningPrecision {
    if (leastOrder < 0) {
      throw new IllegalArgumentException(
          "expected the least order of inverses in bfloat16 >= 0, found " + leastOrder);
    }
  }

  /** The same, or what was measured in place of {@link #AUTO}. */
  public PreconditioningPrecision measured() {
    return equals(AUTO) ? Measurement.FOUND : this;
  }

  /** Whether an inverse is applied in bfloat16. */
  public boolean isLowered(long order, Class<? extends TNumber> type) {
    return type == TFloat32.class && order >= measured().leastOrder;
  }

  /**
   * Checks the element type of a network.
   *
   * @param name what to name in the message
   * @throws IllegalArgumentException if bfloat16 is asked for in a network in float64
   */
  public void requireFits(Class<? extends TNumber> type, String name) {
    if (equals(BFLOAT16) && type == TFloat64.class) {
      throw new IllegalArgumentException(
          "expected float32 weights for inverses in bfloat16, found float64 in '"
              + name
              + "'; use PreconditioningPrecision.FLOAT32 or AUTO, which leaves float64 as it is");
    }
  }

  /**
   * Checks that all workers compute the same direction.
   *
   * @param name what to name in the message
   * @throws IllegalArgumentException for {@link #AUTO} and several workers, each of which would
   *     measure for itself
   */
  public void requireSame(Workers workers, String name) {
    if (equals(AUTO) && !workers.isAlone()) {
      throw new IllegalArgumentException(
          "expected one precision of preconditioning for all %d workers, found AUTO for '%s', which each of them measures; use FLOAT32 or BFLOAT16"
              .formatted(workers.count(), name));
    }
  }

  /**
   * Measures, from the largest order down, up to where bfloat16 takes less than 0.9 of the time.
   *
   * @param orders falling
   * @param nanoClock reads a clock, as {@link System#nanoTime} does
   */
  public static PreconditioningPrecision measure(List<Integer> orders, LongSupplier nanoClock) {
    int found = NEVER;
    for (int order : orders) {
      if (LowPrecision.relativeTime(order, nanoClock) >= GAIN) {
        break;
      }
      found = order;
    }
    return new PreconditioningPrecision(found, true);
  }

  private static final class Measurement {
    static final PreconditioningPrecision FOUND = measure(MEASURED_ORDERS, System::nanoTime);
  }
}
