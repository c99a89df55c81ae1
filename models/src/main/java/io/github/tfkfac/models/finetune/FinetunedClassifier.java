package io.github.tfkfac.models.finetune;

import io.github.tfkfac.models.data.Batch;
import io.github.tfkfac.models.data.BatchPlan;
import io.github.tfkfac.models.train.Classifier;
import io.github.tfkfac.models.train.Pass;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/**
 * A classifier out of a SavedModel.
 *
 * <p>Where the model takes batches of one size only, smaller ones are filled up; what fills them up
 * counts neither in the loss nor in the accuracy of {@link #inference}.
 *
 * @param name of the model, for messages
 * @param feeds where images and labels go
 * @param inference the pass that evaluation runs
 * @param layout how images are fed
 * @param classes number of classes
 * @param settings what decides the network
 */
record FinetunedClassifier(
    String name,
    List<Feed> feeds,
    Pass<TFloat32> inference,
    InputLayout layout,
    int classes,
    Map<String, String> settings)
    implements Classifier<TFloat32> {

  /** A signature's inputs: images, and labels one-hot. */
  record Feed(Operand<TFloat32> images, Operand<TFloat32> labels) {}

  FinetunedClassifier {
    feeds = List.copyOf(feeds);
    settings = Map.copyOf(settings);
  }

  @Override
  public Operand<TFloat32> images() {
    return feeds.get(0).images();
  }

  @Override
  public Operand<TFloat32> labels() {
    return feeds.get(0).labels();
  }

  @Override
  public void requireFits(BatchPlan plan) {
    if (!layout.takes(plan.data().shape())) {
      throw new IllegalArgumentException(
          "expected images that fit %s, which takes %s, found %s of %s; choose another data set"
              .formatted(name, layout.shape(), plan.data().shape(), plan.data().name()));
    }
    if (plan.data().classCount() != classes) {
      throw new IllegalArgumentException(
          "expected the %d classes of %s, found %d in %s; give the model a new head of %d classes"
              .formatted(
                  classes,
                  name,
                  plan.data().classCount(),
                  plan.data().name(),
                  plan.data().classCount()));
    }
    OptionalInt fixed = layout.fixedBatch();
    if (fixed.isPresent()
        && (plan.batchSize() > fixed.getAsInt()
            || (plan.lastBatch() == BatchPlan.LastBatch.DROP
                && plan.batchSize() != fixed.getAsInt()))) {
      throw new IllegalArgumentException(
          "expected batches of %d images, the only size that %s takes, found %d; change the batch size"
              .formatted(fixed.getAsInt(), name, plan.batchSize()));
    }
  }

  @Override
  public Result run(Session.Runner runner, Batch batch) {
    try (TFloat32 imageTensor = layout.images(batch);
        TFloat32 labelTensor = layout.labels(batch)) {
      for (Feed feed : feeds) {
        runner.feed(feed.images(), imageTensor).feed(feed.labels(), labelTensor);
      }
      return runner.run();
    }
  }
}
