package io.github.tfkfac.detection.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.CocoCategory;
import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.InstancesReader;
import io.github.tfkfac.detection.coco.RunLengths;
import io.github.tfkfac.detection.coco.Segmentation;
import io.github.tfkfac.models.data.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShapesDatasetTest {

  private static final double LEAST_OVERLAP = 0.95;
  private static final double BOX_TOLERANCE = 1.5;

  private static final ShapesOptions OPTIONS =
      ShapesOptions.of(12, 6, 3).withObjects(4, 6, 0.5).withFormat(ShapesOptions.Format.PNG);

  @TempDir Path folder;

  @Test
  void whatIsReadBackIsWhatWasGenerated() throws IOException {
    ShapesDataset shapes = ShapesDataset.write(folder, OPTIONS);
    CocoDataset written = shapes.train().annotations();
    CocoDataset read = InstancesReader.read(folder.resolve("annotations/instances_train.json"));
    assertThat(read.images()).isEqualTo(written.images()).hasSize(12);
    assertThat(read.categories()).extracting(CocoCategory::id).containsExactly(1L, 2L, 4L, 7L);
    assertThat(read.categories())
        .extracting(CocoCategory::name)
        .containsExactly("disk", "square", "triangle", "star");
    assertThat(read.annotations()).usingRecursiveComparison().isEqualTo(written.annotations());
    assertThat(InstancesReader.read(folder.resolve("annotations/instances_val.json")).images())
        .hasSize(6);
  }

  @Test
  void outlinesAndBoxesFitTheDrawnPixels() throws IOException {
    DetectionDataset data = ShapesDataset.write(folder, OPTIONS).train();
    long shared = 0;
    long covered = 0;
    for (int i = 0; i < data.size(); i++) {
      RgbImage picture = data.picture(i);
      RunLengths anyObject = RunLengths.empty(data.image(i).height(), data.image(i).width());
      for (Annotation one : data.annotations().annotations()) {
        if (one.imageId() == data.image(i).id()) {
          anyObject = anyObject.union(mask(one, data.image(i).height(), data.image(i).width()));
        }
      }
      for (Annotation object : data.objects(i)) {
        RunLengths mask = mask(object, data.image(i).height(), data.image(i).width());
        RunLengths drawn = drawn(picture, mask, anyObject);
        assertThat(mask.intersectionOverUnion(drawn))
            .as("annotation %d", object.id())
            .isGreaterThan(0.85);
        shared += mask.intersection(drawn).area();
        covered += mask.union(drawn).area();
        Box tight = mask.tightBox().edges();
        assertThat(object.box().x1()).isCloseTo(tight.x1(), within(BOX_TOLERANCE));
        assertThat(object.box().y1()).isCloseTo(tight.y1(), within(BOX_TOLERANCE));
        assertThat(object.box().x2()).isCloseTo(tight.x2(), within(BOX_TOLERANCE));
        assertThat(object.box().y2()).isCloseTo(tight.y2(), within(BOX_TOLERANCE));
        assertThat(object.area()).isEqualTo(mask.area());
      }
    }
    assertThat((double) shared / covered).isGreaterThan(LEAST_OVERLAP);
  }

  private static RunLengths mask(Annotation annotation, int height, int width) {
    return annotation.segmentation().orElseThrow().mask(height, width);
  }

  /**
   * The pixels near the object whose color is nearer to the object's than to that of the background
   * around it, both as medians; pixels of other objects are taken as not drawn.
   */
  private static RunLengths drawn(RgbImage picture, RunLengths mask, RunLengths anyObject) {
    int height = mask.height();
    int width = mask.width();
    byte[] inside = mask.bitmap();
    byte[] taken = anyObject.bitmap();
    Box box = mask.tightBox().edges();
    byte[] near = new byte[inside.length];
    byte[] around = new byte[inside.length];
    for (int y = (int) Math.max(0, box.y1() - 5); y < Math.min(height, box.y2() + 5); y++) {
      for (int x = (int) Math.max(0, box.x1() - 5); x < Math.min(width, box.x2() + 5); x++) {
        int at = y * width + x;
        near[at] = (byte) (inside[at] == 1 || taken[at] == 0 ? 1 : 0);
        around[at] = (byte) (taken[at] == 0 ? 1 : 0);
      }
    }
    int[] object = median(picture, inside);
    int[] background = median(picture, around);
    byte[] drawn = new byte[inside.length];
    for (int at = 0; at < drawn.length; at++) {
      drawn[at] =
          (byte)
              (near[at] == 1 && distance(picture, at, object) < distance(picture, at, background)
                  ? 1
                  : 0);
    }
    return RunLengths.ofBitmap(drawn, height, width);
  }

  private static int[] median(RgbImage picture, byte[] where) {
    int[] result = new int[3];
    for (int c = 0; c < 3; c++) {
      int[] values = new int[where.length];
      int count = 0;
      for (int at = 0; at < where.length; at++) {
        if (where[at] == 1) {
          values[count++] = Byte.toUnsignedInt(picture.pixels()[3 * at + c]);
        }
      }
      int[] sorted = Arrays.copyOf(values, count);
      Arrays.sort(sorted);
      result[c] = sorted[count / 2];
    }
    return result;
  }

  private static int distance(RgbImage picture, int at, int[] color) {
    int sum = 0;
    for (int c = 0; c < 3; c++) {
      int difference = Byte.toUnsignedInt(picture.pixels()[3 * at + c]) - color[c];
      sum += difference * difference;
    }
    return sum;
  }

  @Test
  void groupsAreCrowdsWithRunLengths() {
    DetectionDataset data = ShapesDataset.write(folder, OPTIONS).train();
    int groups = 0;
    int objects = 0;
    for (int i = 0; i < data.size(); i++) {
      groups += data.crowds(i).size();
      objects += data.objects(i).size();
      assertThat(data.objects(i)).hasSizeBetween(1, 6);
      assertThat(data.crowds(i))
          .allSatisfy(
              crowd -> {
                assertThat(crowd.segmentation()).containsInstanceOf(Segmentation.Mask.class);
                assertThat(crowd.area()).isPositive();
              });
      assertThat(data.objects(i))
          .allSatisfy(
              object ->
                  assertThat(object.segmentation())
                      .containsInstanceOf(Segmentation.Polygons.class));
    }
    assertThat(groups).isBetween(2, 10);
    assertThat(objects).isGreaterThan(24);
  }

  @Test
  void theSameOptionsGiveTheSameFilesAndAnotherSeedOthers() throws IOException {
    ShapesOptions few = ShapesOptions.of(2, 2, 3);
    ShapesDataset.write(folder.resolve("a"), few);
    ShapesDataset.write(folder.resolve("b"), few);
    ShapesDataset.write(folder.resolve("c"), ShapesOptions.of(2, 2, 4));
    for (String file : new String[] {"train/000001.jpg", "annotations/instances_val.json"}) {
      byte[] first = Files.readAllBytes(folder.resolve("a").resolve(file));
      assertThat(Files.readAllBytes(folder.resolve("b").resolve(file))).isEqualTo(first);
      assertThat(Files.readAllBytes(folder.resolve("c").resolve(file))).isNotEqualTo(first);
    }
    assertThat(Files.readAllBytes(folder.resolve("a/val/000001.jpg")))
        .isNotEqualTo(Files.readAllBytes(folder.resolve("a/train/000001.jpg")));
  }

  @Test
  void batchesOfShapesCarryEveryMask() {
    DetectionDataset data = ShapesDataset.write(folder, OPTIONS).train();
    DetectionPlan plan = DetectionPlan.training(data, SmallData.rounded(128, 160), 3, 1);
    plan = plan.withPreparation(plan.preparation().withMasks(Masks.BITMAPS));
    try (DetectionBatcher batcher = DetectionBatcher.oneEpoch(plan, 0)) {
      int batches = 0;
      while (batcher.hasNext()) {
        DetectionBatch batch = batcher.next();
        batches++;
        int area = batch.paddedSize().height() * batch.paddedSize().width();
        for (int place = 0; place < batch.size() * batch.places(); place++) {
          boolean taken = place % batch.places() < batch.counts()[place / batch.places()];
          boolean empty = true;
          for (int k = place * area; k < (place + 1) * area; k++) {
            empty &= batch.masks()[k] == 0;
          }
          assertThat(empty).isEqualTo(!taken);
        }
      }
      assertThat(batches).isEqualTo(4);
    }
  }

  @Test
  void rejectsOptionsThatCannotBeDrawn() {
    assertThatThrownBy(() -> ShapesOptions.of(1, 1, 0).withSides(8, 16))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found 8 and 16");
    assertThatThrownBy(() -> ShapesOptions.of(1, 1, 0).withObjects(5, 3, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 to 4 categories");
  }
}
