package io.github.tfkfac.tools.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.detection.coco.CocoCategory;
import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.coco.DatasetUse;
import io.github.tfkfac.detection.coco.InstancesWriter;
import io.github.tfkfac.tools.error.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders as annotation tools write them. */
class CocoLayoutTest {

  private static final List<CocoCategory> CATEGORIES =
      List.of(new CocoCategory(1, "box"), new CocoCategory(2, "disc"));

  @TempDir Path folder;

  private Path annotations(String name, String fileName, List<CocoCategory> categories)
      throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    InstancesWriter.write(
        file,
        new CocoDataset(
            List.of(new CocoImage(1, fileName, 4, 3, OptionalInt.empty())), categories, List.of()));
    return file;
  }

  private Path image(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.createFile(file);
  }

  private DetectionImages read() throws IOException {
    return DetectionImages.read(
        DetectionData.in(folder), List.of(), DatasetUse.BOXES, folder.resolve("none"));
  }

  @ParameterizedTest
  @CsvSource({
    // COCO
    "annotations/instances_train2017.json, train2017/1.jpg, annotations/instances_val2017.json,"
        + " val2017/1.jpg, 1.jpg",
    // CVAT, with and without parts
    "annotations/instances_train.json, images/train/1.jpg, annotations/instances_val.json,"
        + " images/val/1.jpg, 1.jpg",
    "annotations/instances_Train.json, images/Train/sub/1.jpg, annotations/instances_Validation.json,"
        + " images/Validation/sub/1.jpg, sub/1.jpg",
    "annotations/instances_default.json, images/default/1.jpg, annotations/instances_default.json,"
        + " images/default/1.jpg, 1.jpg",
    "annotations/instances_default.json, images/1.jpg, annotations/instances_default.json,"
        + " images/1.jpg, 1.jpg",
    // Roboflow
    "train/_annotations.coco.json, train/1.jpg, valid/_annotations.coco.json, valid/1.jpg, 1.jpg",
    // Label Studio
    "result.json, images/1.jpg, result.json, images/1.jpg, images/1.jpg",
    "result.json, images/1.jpg, result.json, images/1.jpg, images\\1.jpg",
    "result.json, images/a b.jpg, result.json, images/a b.jpg,"
        + " /data/local-files/?d=photos/a%20b.jpg",
    // others
    "train.json, images/1.jpg, val.json, images/1.jpg, 1.jpg",
    "annotations/train.json, train/images/1.jpg, annotations/val.json, val/images/1.jpg, 1.jpg",
    "annotations/instances.json, images/1.jpg, annotations/instances.json, images/1.jpg, 1.jpg"
  })
  void thePartsAreFoundByLooking(
      String train, String trainImage, String val, String valImage, String name)
      throws IOException {
    annotations(train, name, CATEGORIES);
    Path ofTrain = image(trainImage);
    annotations(val, name, CATEGORIES);
    Path ofVal = train.equals(val) ? ofTrain : folder.resolve(valImage);
    if (!Files.exists(ofVal)) {
      image(valImage);
    }

    DetectionImages images = read();

    assertThat(images.train().file(0)).isEqualTo(ofTrain);
    assertThat(images.val().file(0)).isEqualTo(ofVal);
    if (train.equals(val)) {
      assertThat(images.warnings())
          .containsExactly(
              folder.resolve(train)
                  + ": evaluated on the images that are trained on, as there is no part for"
                  + " validation");
    } else {
      assertThat(images.warnings()).isEmpty();
    }
  }

  @Test
  void theFolderThatHasTheImagesIsTaken() throws IOException {
    annotations("annotations/instances_train.json", "1.jpg", CATEGORIES);
    annotations("annotations/instances_val.json", "2.jpg", CATEGORIES);
    Files.createDirectories(folder.resolve("train"));
    Path first = image("images/train/1.jpg");
    Path second = image("images/2.jpg");

    assertThat(read().train().file(0)).isEqualTo(first);
    assertThat(read().val().file(0)).isEqualTo(second);
  }

  @Test
  void severalThatFitAreNamed() throws IOException {
    annotations("annotations/instances_train.json", "1.jpg", CATEGORIES);
    annotations("train/_annotations.coco.json", "1.jpg", CATEGORIES);
    assertThatThrownBy(this::read)
        .isInstanceOf(UserError.class)
        .hasMessageContaining(
            "expected one file of annotations for the part 'train', found"
                + " annotations/instances_train.json and train/_annotations.coco.json; name the"
                + " files with --annotations, --images,");

    Files.delete(folder.resolve("train/_annotations.coco.json"));
    image("train/1.jpg");
    image("images/train/1.jpg");
    assertThatThrownBy(this::read)
        .hasMessageContaining("found 1.jpg in train and images/train; name the files");
  }

  @Test
  void filesOfAnUnknownLayoutAreNamed() throws IOException {
    annotations("labels/all.json", "1.jpg", CATEGORIES);
    assertThatThrownBy(this::read)
        .hasMessageContaining("annotations/instances_train.json, ")
        .hasMessageContaining("found labels/all.json; name the files with --annotations");
  }

  @Test
  void partsWithDifferentCategoriesAreRejected() throws IOException {
    Path train = annotations("train/_annotations.coco.json", "1.jpg", CATEGORIES);
    Path val =
        annotations(
            "valid/_annotations.coco.json",
            "1.jpg",
            List.of(
                new CocoCategory(1, "disc"),
                new CocoCategory(2, "box"),
                new CocoCategory(3, "ring")));

    assertThatThrownBy(this::read)
        .isInstanceOf(UserError.class)
        .hasMessage(
            "expected the same categories in %s and %s, found category 1: 'box' in train, 'disc' in val; category 2: 'disc' in train, 'box' in val; category 3: missing in train, 'ring' in val; give each category one id in both"
                .formatted(train, val));
  }
}
