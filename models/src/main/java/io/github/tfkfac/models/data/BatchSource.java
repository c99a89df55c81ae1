package io.github.tfkfac.models.data;

import java.util.Iterator;

/**
 * Batches one after another, from a place that can be kept and returned to.
 *
 * @param <B> a batch
 */
public interface BatchSource<B> extends Iterator<B>, AutoCloseable {

  /** Start of the next batch: all batches handed out lie before it. */
  BatcherPosition position();

  @Override
  default void close() {}
}
