package io.github.tfkfac.detection.train;

import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.data.DetectionBatch;
import io.github.tfkfac.detection.data.ImageSize;
import io.github.tfkfac.detection.predict.DetectionSelector;
import io.github.tfkfac.detection.predict.DetectionSelector.Found;
import io.github.tfkfac.models.train.Feeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Matches the objects of images: runs an {@link InferenceNetwork} and chooses among its boxes. */
public final class Predictor {

  private static final int EDGES = 4;

  private final InferenceNetwork<?> network;
  private final Session session;
  private final DetectionSelector selector;

  /**
   * A predictor.
   *
   * @param session of the network's graph; stays the caller's
   */
  public Predictor(InferenceNetwork<?> network, DetectorConfig config, Session session) {
    this.network = network;
    this.session = session;
    this.selector = new DetectorParts(config).detections();
  }

  /** Largest number of images in a batch. */
  public int largestBatch() {
    return network.batchSize();
  }

  /** Whether detections have masks. */
  public boolean findsMasks() {
    return network.masks().isPresent();
  }

  /**
   * Detects the objects in each image of a batch.
   *
   * @throws IllegalArgumentException if the batch has more images than the network was built for
   */
  public List<ImageDetections> detect(DetectionBatch batch) {
    if (batch.size() > network.batchSize()) {
      throw new IllegalArgumentException(
          "expected at most "
              + network.batchSize()
              + " images, as the network was built for, found a batch of "
              + batch.size());
    }
    try (Feeds feeds = feeds(batch);
        Result first = firstRun(feeds)) {
      List<List<Found>> found = select(batch, first);
      List<float[][]> masks = masks(found, first);
      List<ImageDetections> detections = new ArrayList<>();
      int from = 0;
      for (int n = 0; n < batch.size(); n++) {
        int to = from + found.get(n).size();
        detections.add(
            new ImageDetections(
                batch.sources().get(n),
                found.get(n),
                masks.isEmpty() ? List.of() : masks.subList(from, to)));
        from = to;
      }
      return List.copyOf(detections);
    }
  }

  /** A batch, with empty images behind it where the network takes more. */
  private Feeds feeds(DetectionBatch batch) {
    ImageSize padded = batch.paddedSize();
    int pixels = padded.height() * padded.width() * 3;
    float[] images = Arrays.copyOf(batch.images(), network.batchSize() * pixels);
    int[] sizes = Arrays.copyOf(batch.imageSizes(), network.batchSize() * 2);
    for (int n = batch.size(); n < network.batchSize(); n++) {
      sizes[2 * n] = padded.height();
      sizes[2 * n + 1] = padded.width();
    }
    Shape shape = Shape.of(network.batchSize(), padded.height(), padded.width(), 3);
    return new Feeds()
        .with(network.images(), TFloat32.tensorOf(shape, DataBuffers.of(images, true, false)))
        .with(
            network.sizes(),
            TInt32.tensorOf(Shape.of(network.batchSize(), 2), DataBuffers.of(sizes, true, false)));
  }

  private Result firstRun(Feeds feeds) {
    Session.Runner runner =
        feeds
            .to(session.runner())
            .fetch(network.proposals().boxes())
            .fetch(network.proposals().valid())
            .fetch(network.boxes().logits())
            .fetch(network.boxes().deltas());
    if (network.masks().isPresent()) {
      network.pyramid().regionLevels().forEach(runner::fetch);
    }
    return runner.run();
  }

  private List<List<Found>> select(DetectionBatch batch, Result first) {
    float[] boxes = Values.floats(first.get(0));
    boolean[] valid = Values.booleans(first.get(1));
    int perImage = network.proposalsPerImage();
    int rows = network.batchSize() * perImage;
    float[][] logits = Values.rows(first.get(2), rows);
    float[][] deltas = Values.rows(first.get(3), rows);
    List<List<Found>> found = new ArrayList<>();
    for (int n = 0; n < batch.size(); n++) {
      List<Box> regions = new ArrayList<>();
      int start = n * perImage;
      for (int row = start; row < start + perImage && valid[row]; row++) {
        int at = EDGES * row;
        regions.add(new Box(boxes[at], boxes[at + 1], boxes[at + 2], boxes[at + 3]));
      }
      int end = start + regions.size();
      ImageSize size = batch.sources().get(n).size();
      found.add(
          selector.select(
              regions,
              Arrays.copyOfRange(logits, start, end),
              Arrays.copyOfRange(deltas, start, end),
              size.height(),
              size.width()));
    }
    return found;
  }

  /** The masks of all detections, image after image; none if the detector has no mask head. */
  private List<float[][]> masks(List<List<Found>> found, Result first) {
    int count = found.stream().mapToInt(List::size).sum();
    if (network.masks().isEmpty() || count == 0) {
      return List.of();
    }
    InferenceNetwork.BoxMasks<?> masks = network.masks().get();
    float[] boxes = new float[EDGES * count];
    int[] images = new int[count];
    int[] labels = new int[count];
    int next = 0;
    for (int n = 0; n < found.size(); n++) {
      for (Found one : found.get(n)) {
        images[next] = n;
        labels[next] = one.label();
        int at = EDGES * next++;
        boxes[at] = (float) one.box().x1();
        boxes[at + 1] = (float) one.box().y1();
        boxes[at + 2] = (float) one.box().x2();
        boxes[at + 3] = (float) one.box().y2();
      }
    }
    try (Feeds feeds =
        new Feeds()
            .with(
                masks.boxes(),
                TFloat32.tensorOf(Shape.of(count, EDGES), DataBuffers.of(boxes, true, false)))
            .with(masks.images(), TInt32.vectorOf(images))
            .with(masks.labels(), TInt32.vectorOf(labels))) {
      Session.Runner runner = feeds.to(session.runner()).fetch(masks.probabilities());
      List<? extends Operand<?>> levels = network.pyramid().regionLevels();
      for (int level = 0; level < levels.size(); level++) {
        runner.feed(levels.get(level), first.get(first.size() - levels.size() + level));
      }
      try (Result result = runner.run()) {
        return squares(result.get(0));
      }
    }
  }

  private static List<float[][]> squares(Tensor masks) {
    int side = Math.toIntExact(masks.shape().get(1));
    List<float[][]> squares = new ArrayList<>();
    float[][] rows = Values.rows(masks, Math.toIntExact(masks.shape().get(0)) * side);
    for (int row = 0; row < rows.length; row += side) {
      squares.add(Arrays.copyOfRange(rows, row, row + side));
    }
    return squares;
  }
}
