package io.github.tfkfac.models.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.models.arch.Mlp;
import io.github.tfkfac.models.data.Batch;
import io.github.tfkfac.models.data.BatchPlan;
import io.github.tfkfac.models.data.Batcher;
import io.github.tfkfac.models.layer.Network;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat64;

class EvaluatorTest {

  private static final double ROUNDING = 1e-12;

  private static ClassifierGraph<TFloat64> classifier(Graph graph) {
    return ClassifierGraph.build(
        graph, ClassifierSpec.of(new Mlp(5), TinyRun.IMAGES, TFloat64.class, 2));
  }

  /** The evaluation from the logits of one image after another. */
  private static ClassificationMetrics expected(
      ClassifierGraph<TFloat64> classifier, Session session) {
    long images = 0;
    long correct = 0;
    double loss = 0;
    Batcher single = Batcher.oneEpoch(BatchPlan.evaluation(TinyRun.IMAGES, TinyRun.SCALING, 1), 0);
    while (single.hasNext()) {
      Batch batch = single.next();
      int label = batch.labels()[0];
      try (Feeds feeds = classifier.feeds(batch);
          var result = feeds.to(session.runner().fetch(classifier.inference().logits())).run()) {
        double[] logits = Network.doubles(result.get(0));
        double partition = 0;
        int best = 0;
        for (int k = 0; k < logits.length; k++) {
          partition += Math.exp(logits[k]);
          best = logits[k] > logits[best] ? k : best;
        }
        loss += Math.log(partition) - logits[label];
        correct += best == label ? 1 : 0;
        images++;
      }
    }
    return new ClassificationMetrics(images, correct, loss / images);
  }

  @Test
  void everyImageCountsOnceWhenTheLastBatchIsSmaller() {
    try (Graph graph = new Graph();
        Session session = SessionThreads.automatic().open(graph)) {
      ClassifierGraph<TFloat64> classifier = classifier(graph);
      ClassificationMetrics expected = expected(classifier, session);
      assertThat(expected.correct()).isBetween(1L, expected.images() - 1);
      for (int batchSize : new int[] {7, 36, 50}) {
        BatchPlan plan = BatchPlan.evaluation(TinyRun.IMAGES, TinyRun.SCALING, batchSize);
        ClassificationMetrics evaluation = new Evaluator<>(classifier, session).evaluate(plan);
        assertThat(evaluation.images()).isEqualTo(36);
        assertThat(evaluation.correct()).isEqualTo(expected.correct());
        assertThat(evaluation.accuracy()).isEqualTo(expected.correct() / 36.0);
        assertThat(evaluation.loss()).isCloseTo(expected.loss(), within(ROUNDING));
      }
    }
  }

  @Test
  void aPlanThatDropsImagesIsRejected() {
    try (Graph graph = new Graph();
        Session session = SessionThreads.automatic().open(graph)) {
      Evaluator<TFloat64> evaluator = new Evaluator<>(classifier(graph), session);
      assertThatThrownBy(() -> evaluator.evaluate(TinyRun.batches()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("BatchPlan.evaluation");
    }
  }

  @Test
  void aRequestedStopLeavesNoResult() {
    try (Graph graph = new Graph();
        Session session = SessionThreads.automatic().open(graph)) {
      StopSignal stop = new StopSignal();
      stop.request();
      Optional<ClassificationMetrics> evaluation =
          new Evaluator<>(classifier(graph), session).evaluate(TinyRun.evaluation(), stop);
      assertThat(evaluation).isEmpty();
    }
  }
}
