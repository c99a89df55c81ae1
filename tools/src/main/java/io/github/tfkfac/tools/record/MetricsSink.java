package io.github.tfkfac.tools.record;

import java.io.IOException;

/** Takes the metrics of a run, in the order of their steps. */
public interface MetricsSink extends AutoCloseable {
  /** Stores one row so that it survives the end of the process. */
  void write(MetricsRow row) throws IOException;

  @Override
  void close() throws IOException;
}
