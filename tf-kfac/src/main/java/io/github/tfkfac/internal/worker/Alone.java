package io.github.tfkfac.internal.worker;

import io.github.tfkfac.Workers;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** A worker without others: every value is returned as it is. */
public record Alone() implements Workers {

  @Override
  public int count() {
    return 1;
  }

  @Override
  public int index() {
    return 0;
  }

  @Override
  public <T extends TNumber> Operand<T> sum(Ops tf, Operand<T> value) {
    return value;
  }

  @Override
  public <T extends TNumber> Operand<T> sumAt(Ops tf, int owner, Operand<T> value) {
    return value;
  }

  @Override
  public <T extends TNumber> Operand<T> mean(Ops tf, Operand<T> value) {
    return value;
  }

  @Override
  public <T extends TNumber> List<Operand<T>> sums(Ops tf, List<Operand<T>> values) {
    return values;
  }

  @Override
  public <T extends TNumber> List<Operand<T>> means(Ops tf, List<Operand<T>> values) {
    return values;
  }

  @Override
  public <T extends TNumber> Operand<T> gather(Ops tf, Operand<T> value) {
    return value;
  }

  @Override
  public <T extends TNumber> Operand<T> broadcast(
      Ops tf, int owner, Optional<Operand<T>> value, Shape shape, Class<T> type) {
    return value.orElseThrow();
  }
}
