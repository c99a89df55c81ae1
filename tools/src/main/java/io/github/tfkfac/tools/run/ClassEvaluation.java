package io.github.tfkfac.tools.run;

import io.github.tfkfac.models.data.Batch;
import io.github.tfkfac.models.data.BatchPlan;
import io.github.tfkfac.models.data.BatchSource;
import io.github.tfkfac.models.data.Batcher;
import io.github.tfkfac.models.data.PrefetchingBatcher;
import io.github.tfkfac.models.train.ClassificationMetrics;
import io.github.tfkfac.models.train.Classifier;
import io.github.tfkfac.models.train.ClassifierGraph;
import io.github.tfkfac.models.train.ClassifierSpec;
import io.github.tfkfac.models.train.Feeds;
import io.github.tfkfac.models.train.SessionThreads;
import io.github.tfkfac.models.train.TrainingWorkers;
import io.github.tfkfac.models.weights.PyTorchWeights;
import java.nio.file.Path;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/**
 * Loss and class-by-class accuracy of a trained network on test images.
 *
 * @param matrix counts of predicted against true class
 * @param loss mean loss over the images
 */
public record ClassEvaluation(ConfusionMatrix matrix, double loss) {

  private static final int BATCHES_AHEAD = 2;

  /** Fraction of the images that were classified correctly, 0 to 1. */
  public double accuracy() {
    return matrix.correct() / (double) matrix.images();
  }

  /** The same without the classes. */
  public ClassificationMetrics summary() {
    return new ClassificationMetrics(matrix.images(), matrix.correct(), loss);
  }

  /** Evaluates the network of a run before any training. */
  public static ClassEvaluation ofStart(
      RunSettings settings, DataSettings.Loaded images, OpenNetwork network) {
    try (Session session = settings.sessionThreads().open(network.graph())) {
      network.start(session);
      return of(
          network.training().classifier(),
          session,
          BatchPlan.evaluation(images.test(), images.scaling(), settings.batch()));
    }
  }

  /**
   * Evaluates a run as one of its checkpoints has it.
   *
   * @param settings of the run
   * @param images of the run; the test images are evaluated
   * @param reader reads the checkpoint
   * @throws io.github.tfkfac.CheckpointException if the checkpoint is damaged or of another model
   */
  public static ClassEvaluation ofCheckpoint(
      RunSettings settings,
      DataSettings.Loaded images,
      TrainingWorkers reader,
      Path checkpoint,
      int batch) {
    try (OpenNetwork network = settings.open(images, reader);
        Session session = settings.sessionThreads().open(network.graph())) {
      network.training().checkpoint().restore(session, checkpoint);
      return of(
          network.training().classifier(),
          session,
          BatchPlan.evaluation(images.test(), images.scaling(), batch));
    }
  }

  /**
   * Evaluates a network with weights from a PyTorch file.
   *
   * @throws IllegalArgumentException if the weights are of another network
   */
  public static ClassEvaluation ofWeights(
      ClassifierSpec<TFloat32> spec,
      PyTorchWeights weights,
      BatchPlan plan,
      SessionThreads threads) {
    try (Graph graph = new Graph()) {
      ClassifierGraph<TFloat32> classifier = ClassifierGraph.build(graph, spec);
      try (Session session = threads.open(graph)) {
        session.initialize();
        weights.assignTo(classifier.store(), session);
        return of(classifier, session, plan);
      }
    }
  }

  private static ClassEvaluation of(
      Classifier<TFloat32> classifier, Session session, BatchPlan plan) {
    ConfusionMatrix matrix = new ConfusionMatrix(plan.data().classNames());
    double lossSum = 0;
    try (BatchSource<Batch> batches =
        new PrefetchingBatcher<>(Batcher.oneEpoch(plan, 0), BATCHES_AHEAD)) {
      while (batches.hasNext()) {
        Batch batch = batches.next();
        Session.Runner runner =
            session
                .runner()
                .fetch(classifier.inference().logits())
                .fetch(classifier.inference().lossValue());
        try (Feeds feeds = classifier.feeds(batch);
            Result result = feeds.to(runner).run()) {
          float[][] logits = StdArrays.array2dCopyOf((TFloat32) result.get(0));
          for (int i = 0; i < batch.size(); i++) {
            matrix.add(batch.labels()[i], largest(logits[i]));
          }
          lossSum += batch.size() * ((TFloat64) result.get(1)).getDouble();
        }
      }
    }
    return new ClassEvaluation(matrix, lossSum / matrix.images());
  }

  /** Place of the largest value, the first of equals. */
  private static int largest(float[] values) {
    int largest = 0;
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[largest]) {
        largest = i;
      }
    }
    return largest;
  }
}
