package io.github.tfkfac.internal.optimizer;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A value that is built when it is first asked for, so that a graph has no nodes nobody reads. */
public final class Lazy<V> implements Supplier<V> {

  private final Supplier<V> build;
  private @Nullable V value;

  public Lazy(Supplier<V> build) {
    this.build = build;
  }

  @Override
  public V get() {
    if (value == null) {
      value = build.get();
    }
    return value;
  }
}
