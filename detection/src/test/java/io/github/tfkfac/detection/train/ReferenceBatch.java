package io.github.tfkfac.detection.train;

import io.github.tfkfac.detection.arch.Layout;
import io.github.tfkfac.detection.arch.Reference;
import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.data.Bitmap;
import io.github.tfkfac.detection.data.DetectionBatch;
import io.github.tfkfac.detection.data.DetectionSample;
import io.github.tfkfac.detection.data.ImageSize;
import io.github.tfkfac.detection.data.Masks;
import io.github.tfkfac.detection.data.ObjectPadding;
import io.github.tfkfac.detection.data.PreparedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/** The two images of the reference arrays. */
final class ReferenceBatch {

  private static final Reference TRAIN = Reference.read("forward_train.npz");

  private ReferenceBatch() {}

  /** Both images, with objects and masks. */
  static DetectionBatch both() {
    return of(List.of(sample(0), sample(1)));
  }

  /** With as many places for objects as are needed. */
  static DetectionBatch of(List<DetectionSample> samples) {
    return DetectionBatch.of(samples, new ObjectPadding.ToLargest(), Masks.BITMAPS);
  }

  /** One of the images in the size that the network sees. */
  static DetectionSample sample(int image) {
    long[] sizes = TRAIN.array("image_sizes").asInt64();
    ImageSize size = new ImageSize((int) sizes[2 * image], (int) sizes[2 * image + 1]);
    List<Integer> fed = TRAIN.shape("in" + image + "/pixels_hwc");
    CocoImage source =
        new CocoImage(image + 1, image + ".jpg", fed.get(1), fed.get(0), OptionalInt.empty());
    double[] boxes = TRAIN.values("in" + image + "/boxes_resized");
    List<Box> objects = new ArrayList<>();
    for (int i = 0; i < boxes.length; i += 4) {
      objects.add(new Box(boxes[i], boxes[i + 1], boxes[i + 2], boxes[i + 3]));
    }
    List<Integer> labels =
        Arrays.stream(TRAIN.array("in" + image + "/labels").asInt64())
            .mapToObj(label -> (int) label - 1)
            .toList();
    return new DetectionSample(
        new PreparedImage(source, size, false), pixels(image, size), objects, labels, masks(image));
  }

  private static float[] pixels(int image, ImageSize size) {
    List<Integer> shape = TRAIN.shape("batch");
    double[] batch = Layout.channelsLast(TRAIN.values("batch"), shape);
    int height = shape.get(2);
    int row = 3 * shape.get(3);
    float[] pixels = new float[3 * size.height() * size.width()];
    for (int i = 0; i < pixels.length; i++) {
      int y = i / (3 * size.width());
      pixels[i] = (float) batch[(image * height + y) * row + i % (3 * size.width())];
    }
    return pixels;
  }

  private static List<Bitmap> masks(int image) {
    String key = "in" + image + "/masks_resized";
    List<Integer> shape = TRAIN.shape(key);
    long[] values = TRAIN.array(key).asInt64();
    int area = shape.get(1) * shape.get(2);
    List<Bitmap> masks = new ArrayList<>();
    for (int object = 0; object < shape.get(0); object++) {
      byte[] bytes = new byte[area];
      for (int i = 0; i < area; i++) {
        bytes[i] = (byte) values[object * area + i];
      }
      masks.add(new Bitmap(new ImageSize(shape.get(1), shape.get(2)), bytes));
    }
    return masks;
  }
}
