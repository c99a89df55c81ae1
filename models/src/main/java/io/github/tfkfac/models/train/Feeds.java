package io.github.tfkfac.models.train;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.types.family.TType;

/** Tensors for one or several runs of a graph, owned until closed. */
public final class Feeds implements AutoCloseable {

  private record Feed(Operand<? extends TType> input, TType value) {}

  private final List<Feed> feeds = new ArrayList<>();

  /** Adds a value of the input's type, which is closed with the others. */
  public Feeds with(Operand<? extends TType> input, TType value) {
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
