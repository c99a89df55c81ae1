package io.github.tfkfac.models.train;

import io.github.tfkfac.models.data.Batch;
import io.github.tfkfac.models.data.BatchPlan;
import io.github.tfkfac.models.data.BatchSource;
import io.github.tfkfac.models.data.Batcher;
import io.github.tfkfac.models.data.PrefetchingBatcher;
import java.util.Optional;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** Runs a classifier's inference pass over all images of a data set. */
public final class Evaluator<T extends TNumber> {

  private static final int BATCHES_AHEAD = 2;

  private final Classifier<T> graph;
  private final Session session;

  /** An evaluator of the classifier as it is in the session at each call. */
  public Evaluator(Classifier<T> graph, Session session) {
    this.graph = graph;
    this.session = session;
  }

  /**
   * Evaluates every image once.
   *
   * @param plan see {@link BatchPlan#evaluation}
   * @throws IllegalArgumentException if the plan drops images or its images do not fit the network
   */
  public ClassificationMetrics evaluate(BatchPlan plan) {
    return evaluate(plan, new StopSignal()).orElseThrow();
  }

  /** The same, but gives up without a result when a stop is requested. */
  public Optional<ClassificationMetrics> evaluate(BatchPlan plan, StopSignal stop) {
    requireUsable(plan, graph);
    long images = 0;
    long correct = 0;
    double lossSum = 0;
    try (BatchSource<Batch> batches =
        new PrefetchingBatcher<>(Batcher.oneEpoch(plan, 0), BATCHES_AHEAD)) {
      while (batches.hasNext()) {
        if (stop.isRequested()) {
          return Optional.empty();
        }
        Batch batch = batches.next();
        try (Feeds feeds = graph.feeds(batch);
            Result result = feeds.to(runner()).run()) {
          images += batch.size();
          lossSum += batch.size() * ((TFloat64) result.get(0)).getDouble();
          correct += ((TInt64) result.get(1)).getLong();
        }
      }
    }
    return Optional.of(new ClassificationMetrics(images, correct, lossSum / images));
  }

  static void requireUsable(BatchPlan plan, Classifier<?> classifier) {
    classifier.requireFits(plan);
    if (plan.lastBatch() != BatchPlan.LastBatch.KEEP) {
      throw new IllegalArgumentException(
          "expected an evaluation of all images, found a plan that drops the last of them; use"
              + " BatchPlan.evaluation");
    }
  }

  private Session.Runner runner() {
    Pass<T> pass = graph.inference();
    return session.runner().fetch(pass.lossValue()).fetch(pass.correct());
  }
}
