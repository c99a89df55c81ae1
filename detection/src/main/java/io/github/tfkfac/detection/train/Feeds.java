package io.github.tfkfac.detection.train;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.types.family.TType;

/** Tensors for one or several runs of a graph, owned until closed. */
public final class Feeds implements AutoCloseable {

  private record Feed(Operand<?> input, Tensor value) {}

  private final List<Feed> feeds = new ArrayList<>();

  /** Adds a value, which is closed with the others. */
  public <T extends TType> Feeds with(Operand<T> input, T value) {
    feeds.add(new Feed(input, value));
    return this;
  }

  /** Feeds a run. */
  public Session.Runner to(Session.Runner runner) {
    feeds.forEach(feed -> runner.feed(feed.input(), feed.value()));
    return runner;
  }

  @Override
  public void close() {
    feeds.forEach(feed -> feed.value().close());
  }
}
