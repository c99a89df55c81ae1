package io.github.tfkfac.models.train;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;

/**
 * Values that listeners want of a step, fetched in the run that makes it.
 *
 * @param requests those of the listeners that want some
 */
public record WantedValues(List<Request> requests) {

  /** Values that a listener wants. */
  record Request(TrainingListener listener, List<Operand<?>> operands) {}

  public WantedValues {
    requests = List.copyOf(requests);
  }

  /**
   * Those of a step.
   *
   * @param step training steps done then, the coming one included
   */
  public static WantedValues of(List<? extends TrainingListener> listeners, long step) {
    return new WantedValues(
        listeners.stream()
            .map(listener -> new Request(listener, listener.wanted(step)))
            .filter(request -> !request.operands().isEmpty())
            .toList());
  }

  /** Of no listener. */
  public static WantedValues none() {
    return new WantedValues(List.of());
  }

  /** Adds them to what is fetched. */
  public Session.Runner addTo(Session.Runner runner) {
    requests.forEach(request -> request.operands().forEach(runner::fetch));
    return runner;
  }

  /**
   * Hands the fetched values over.
   *
   * @param from place of the first among the results
   */
  public void handOver(Result result, int from, long step) {
    int next = from;
    for (Request request : requests) {
      List<Tensor> values = new ArrayList<>();
      for (int i = 0; i < request.operands().size(); i++) {
        values.add(result.get(next++));
      }
      request.listener().fetched(step, values);
    }
  }
}
