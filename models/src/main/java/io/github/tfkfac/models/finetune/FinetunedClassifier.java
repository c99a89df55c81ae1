package io.github.tfkfac.models.finetune;

import io.github.tfkfac.models.data.Batch;
import io.github.tfkfac.models.data.BatchPlan;
import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.models.train.Classifier;
import io.github.tfkfac.models.train.Feeds;
import io.github.tfkfac.models.train.Pass;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * A classifier out of a SavedModel.
 *
 * <p>Where the model takes batches of one size only, smaller ones are filled up; what fills them up
 * counts neither in the loss nor in the accuracy of {@link #inference}.
 *
 * @param name of the model, for messages
 * @param feeds where images and labels go
 * @param labels of the first feed
 * @param inference the pass that evaluation runs
 * @param layout how images are fed
 * @param classes number of classes
 * @param settings what decides the network
 */
record FinetunedClassifier(
    String name,
    List<Feed> feeds,
    Operand<TFloat32> labels,
    Pass<TFloat32> inference,
    InputLayout layout,
    int classes,
    Map<String, String> settings)
    implements Classifier<TFloat32> {

  /** A signature's inputs: images, and labels one-hot. */
  record Feed(Operand<? extends TNumber> images, Operand<? extends TNumber> labels) {}

  FinetunedClassifier {
    feeds = List.copyOf(feeds);
    settings = Map.copyOf(settings);
  }

  @Override
  public Operand<? extends TNumber> images() {
    return feeds.get(0).images();
  }

  @Override
  public void requireFits(BatchPlan plan) {
    if (!layout.takes(plan.data().shape())) {
      throw new IllegalArgumentException(
          "expected images that fit %s, which takes %s, found %s of %s; choose another data set"
              .formatted(name, layout.shape(), plan.data().shape(), plan.data().name()));
    }
    if (!layout.takes(plan.scaling(), plan.data().shape())) {
      throw new IllegalArgumentException(
          "expected pixels 0 to 255 for %s, which takes images of the type %s, found pixels scaled in another way; scale them with PixelScaling.bytes (--scaling auto or bytes)"
              .formatted(
                  name, layout.type().getSimpleName().substring(1).toLowerCase(Locale.ROOT)));
    }
    if (plan.data().classCount() != classes) {
      throw new IllegalArgumentException(
          "expected the %s of %s, found %d in %s; give the model a new head of %s"
              .formatted(
                  Counts.of(classes, "class", "classes"),
                  name,
                  plan.data().classCount(),
                  plan.data().name(),
                  Counts.of(plan.data().classCount(), "class", "classes")));
    }
    OptionalInt fixed = layout.fixedBatch();
    int images = plan.part().size(plan.batchSize());
    if (fixed.isPresent()
        && (images > fixed.getAsInt()
            || (plan.lastBatch() == BatchPlan.LastBatch.DROP && images != fixed.getAsInt()))) {
      throw new IllegalArgumentException(
          "expected batches of %s, the only size that %s takes, found %d; change the batch size"
              .formatted(Counts.of(fixed.getAsInt(), "image"), name, images));
    }
  }

  @Override
  public Feeds feeds(Batch batch) {
    Feeds all = new Feeds();
    for (Feed feed : feeds) {
      all.with(feed.images(), InputLayout.of(feed.images().asOutput()).images(batch))
          .with(feed.labels(), layout.labels(batch, feed.labels().type()));
    }
    return all;
  }
}
