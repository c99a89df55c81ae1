package io.github.tfkfac.detection.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.models.data.DataException;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectionDatasetTest {

  @TempDir Path folder;

  @Test
  void classNumbersFollowTheSortedCategoryIds() throws IOException {
    CategoryIndex index = new SmallData(folder).image(1, 40, 40).data().categories();
    assertThat(index.size()).isEqualTo(3);
    assertThat(index.indexOf(2)).isZero();
    assertThat(index.indexOf(5)).isEqualTo(1);
    assertThat(index.indexOf(9)).isEqualTo(2);
    assertThat(index.category(1).name()).isEqualTo("five");
    assertThatThrownBy(() -> index.indexOf(3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found category id 3");
  }

  @Test
  void dataWithoutCategoriesAreNamed() {
    CocoDataset none = new CocoDataset(List.of(), List.of(), List.of());
    assertThatThrownBy(() -> new DetectionDataset("train.json", folder, none))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected at least one category in train.json, found none");
  }

  @Test
  void crowdsAndWhatIsTooSmallOrOutsideAreNoObjects() throws IOException {
    SmallData small = new SmallData(folder).image(1, 40, 30);
    small.object(2, new Box(3, 4, 4, 5));
    small.object(2, new Box(3, 4, 3.5, 9));
    small.object(2, new Box(40, 4, 45, 9));
    small.object(2, new Box(35, 20, 50, 60));
    small.annotation(5, new Box(0, 0, 20, 20), true, Optional.empty());
    DetectionDataset data = small.data();
    assertThat(data.objects(0)).extracting(Annotation::id).containsExactly(1L, 4L);
    assertThat(data.crowds(0)).extracting(Annotation::id).containsExactly(5L);

    DetectionSample sample =
        new SamplePreparer(data, Preparation.of(SmallData.rounded(30, 40))).prepare(0, 0);
    assertThat(sample.boxes()).containsExactly(new Box(3, 4, 4, 5), new Box(35, 20, 40, 30));
  }

  @Test
  void anUnreadableImageIsNamedWithItsId() throws IOException {
    Files.write(folder.resolve("broken.jpg"), new byte[] {(byte) 0xff, (byte) 0xd8, 1, 2, 3});
    SmallData small = new SmallData(folder).listed(17, "broken.jpg", 40, 30);
    small.listed(18, "missing.jpg", 40, 30);
    DetectionDataset data = small.data();
    assertThatThrownBy(() -> data.picture(0))
        .isInstanceOf(DataException.class)
        .hasMessageContainingAll("broken.jpg", "image of id 17")
        .hasMessageMatching(".*");
    assertThatThrownBy(() -> data.picture(1))
        .isInstanceOf(DataException.class)
        .hasMessageContainingAll("missing.jpg", "image of id 18");
  }

  @Test
  void aJpegThatIsCutOffIsRejected() throws IOException {
    BufferedImage noise =
        new SmallData(folder).image(1, 60, 50).data().picture(0).toBufferedImage();
    Path file = folder.resolve("cut.jpg");
    ImageIO.write(noise, "jpg", file.toFile());
    DetectionDataset data = new SmallData(folder).listed(9, "cut.jpg", 60, 50).data();
    assertThat(data.picture(0).shape().width()).isEqualTo(60);
    byte[] whole = Files.readAllBytes(file);
    for (int left : new int[] {whole.length - 2, whole.length / 2}) {
      Files.write(file, Arrays.copyOf(whole, left));
      assertThatThrownBy(() -> data.picture(0))
          .isInstanceOf(DataException.class)
          .hasMessageContainingAll("cut.jpg", "image of id 9", "ends within its image");
    }
  }

  @Test
  void anImageOfAnotherSizeThanAnnotatedIsRejected() throws IOException {
    new SmallData(folder).image(3, 40, 30);
    DetectionDataset data = new SmallData(folder).listed(3, "3.png", 30, 40).data();
    assertThatThrownBy(() -> data.picture(0))
        .isInstanceOf(DataException.class)
        .hasMessageContainingAll("3.png", "id 3", "40x30", "found 30x40");
  }

  @Test
  void readsGrayAndCmykJpegs() throws IOException {
    BufferedImage gray = new BufferedImage(48, 40, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < 40; y++) {
      for (int x = 0; x < 48; x++) {
        gray.getRaster().setSample(x, y, 0, 100);
      }
    }
    ImageIO.write(gray, "jpg", folder.resolve("gray.jpg").toFile());
    writeCmyk(folder.resolve("cmyk.jpg"));
    SmallData small = new SmallData(folder).listed(1, "gray.jpg", 48, 40);
    DetectionDataset data = small.listed(2, "cmyk.jpg", 48, 40).data();
    assertThat(data.picture(0).pixels()).containsOnly((byte) 100);
    assertThat(data.picture(1).shape().channels()).isEqualTo(3);
  }

  private static void writeCmyk(Path file) throws IOException {
    WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 48, 40, 4, null);
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(file.toFile())) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(raster, null, null), null);
    } finally {
      writer.dispose();
    }
  }

  @Test
  void masksNeedAnOutlineOfEveryObject() throws IOException {
    SmallData small = new SmallData(folder).image(1, 40, 40);
    small.annotation(2, new Box(1, 1, 9, 9), false, Optional.empty());
    DetectionPlan plan = DetectionPlan.training(small.data(), SmallData.rounded(40, 40), 1, 0);
    assertThatThrownBy(() -> plan.withPreparation(plan.preparation().withMasks(Masks.BITMAPS)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("annotation 1 of image id 1", "train without masks");
  }
}
