package io.github.tfkfac.tools.lab.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * Exchanges of one traced run.
 *
 * @param bytes that a worker receives on average, by a ring for sums
 * @param milliseconds in which at least one exchange ran, waiting for other workers included
 * @param hidden of them in which this worker computed, too
 */
public record ExchangeTrace(double bytes, double milliseconds, double hidden) {

  private static final double MICROS_PER_MILLISECOND = 1e3;

  /** A time, half open. */
  private record Span(long from, long to) {

    Span {
      if (to < from) {
        throw new IllegalArgumentException("expected an end after " + from + ", found " + to);
      }
    }
  }

  /**
   * The exchanges of a run among {@code workers}.
   *
   * @param counted the operations that are looked at, by name
   * @param sizes bytes of an operation's value, by the operation's name
   */
  static ExchangeTrace of(
      StepTrace trace, int workers, Predicate<String> counted, ToLongFunction<String> sizes) {
    List<StepTrace.Kernel> exchanges =
        trace.kernels().stream()
            .filter(ExchangeTrace::isExchange)
            .filter(kernel -> counted.test(kernel.operation()))
            .toList();
    double share = (workers - 1.0) / workers;
    double bytes = 0;
    for (StepTrace.Kernel kernel : exchanges) {
      double rounds = kernel.type().startsWith("CollectiveReduce") ? 2 : 1;
      bytes += rounds * share * sizes.applyAsLong(kernel.operation());
    }
    List<Span> exchanging = union(exchanges);
    List<Span> computing =
        union(trace.kernels().stream().filter(kernel -> !isExchange(kernel)).toList());
    return new ExchangeTrace(
        bytes,
        length(exchanging) / MICROS_PER_MILLISECOND,
        length(common(exchanging, computing)) / MICROS_PER_MILLISECOND);
  }

  static boolean isExchange(StepTrace.Kernel kernel) {
    return kernel.type().startsWith("Collective");
  }

  /** When at least one kernel ran, as spans that do not touch. */
  private static List<Span> union(List<StepTrace.Kernel> kernels) {
    List<Span> spans = new ArrayList<>();
    kernels.stream()
        .map(kernel -> new Span(kernel.startMicros(), kernel.startMicros() + kernel.micros()))
        .sorted(Comparator.comparingLong(Span::from))
        .forEach(
            span -> {
              int last = spans.size() - 1;
              if (last >= 0 && span.from() <= spans.get(last).to()) {
                Span before = spans.get(last);
                spans.set(last, new Span(before.from(), Math.max(before.to(), span.to())));
              } else {
                spans.add(span);
              }
            });
    return spans;
  }

  private static List<Span> common(List<Span> one, List<Span> other) {
    List<Span> common = new ArrayList<>();
    for (Span a : one) {
      for (Span b : other) {
        long from = Math.max(a.from(), b.from());
        long to = Math.min(a.to(), b.to());
        if (from < to) {
          common.add(new Span(from, to));
        }
      }
    }
    return common;
  }

  private static double length(List<Span> spans) {
    return spans.stream().mapToLong(span -> span.to() - span.from()).sum();
  }
}
