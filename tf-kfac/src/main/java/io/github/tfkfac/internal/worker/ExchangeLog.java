package io.github.tfkfac.internal.worker;

import java.util.Objects;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;

/**
 * Numbers the exchanges of a process, and keeps what tells whether other workers built the same.
 */
public final class ExchangeLog {

  /** The number of the comparison with which graphs are checked before their first step. */
  static final long COMPARISON = 1;

  private long last = COMPARISON;
  private long fingerprint = 17;

  /**
   * The number of a new exchange.
   *
   * @param kind the same on every worker, whether it sends or receives
   */
  synchronized long next(String kind, Shape shape, DataType type) {
    fingerprint = fingerprint * 1_000_003 + Objects.hash(kind, shape.toString(), type.name());
    return ++last;
  }

  /** How many exchanges were built so far. */
  synchronized long count() {
    return last - COMPARISON;
  }

  /** A number that differs where kinds, shapes or types of exchanges differ. */
  synchronized long fingerprint() {
    return fingerprint;
  }
}
