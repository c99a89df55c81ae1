package io.github.tfkfac.tools.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.CocoBox;
import io.github.tfkfac.detection.coco.CocoCategory;
import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.coco.DatasetUse;
import io.github.tfkfac.detection.coco.InstancesWriter;
import io.github.tfkfac.detection.data.DetectionDataset;
import io.github.tfkfac.tools.error.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectionImagesTest {

  private static final DetectionData DRAWN =
      new DetectionData(Optional.empty(), Optional.empty(), Optional.empty());
  private static final long CELL = 1;
  private static final long NUCLEUS = 5;

  @TempDir Path folder;

  /** Annotations are numbered from 1 in both parts, as image 2 is in both. */
  @BeforeEach
  void writeParts() throws IOException {
    Files.createDirectory(folder.resolve("annotations"));
    write("train", List.of(1L, 2L), CELL);
    write("val", List.of(2L, 3L), NUCLEUS);
  }

  private void write(String part, List<Long> images, long category) throws IOException {
    List<CocoImage> records = new ArrayList<>();
    List<Annotation> annotations = new ArrayList<>();
    for (long id : images) {
      records.add(new CocoImage(id, id + ".png", 40, 30, OptionalInt.empty()));
      annotations.add(
          new Annotation(
              annotations.size() + 1L,
              id,
              category,
              new CocoBox(1, 1, 9, 9),
              81,
              false,
              Optional.empty()));
    }
    InstancesWriter.write(
        folder.resolve("annotations/instances_" + part + ".json"),
        new CocoDataset(
            records,
            List.of(new CocoCategory(CELL, "cell"), new CocoCategory(NUCLEUS, "nucleus")),
            annotations));
  }

  private DetectionImages read(Long... ids) throws IOException {
    return DetectionImages.read(
        DetectionData.in(folder), List.of(ids), DatasetUse.BOXES, folder.resolve("shapes"));
  }

  private static List<String> files(DetectionDataset data) {
    return data.annotations().images().stream().map(CocoImage::fileName).toList();
  }

  @Test
  void withoutIdsEachPartHasItsPurpose() throws IOException {
    DetectionImages images = read();

    assertThat(files(images.train())).containsExactly("1.png", "2.png");
    assertThat(files(images.val())).containsExactly("2.png", "3.png");
    assertThat(images.identity())
        .containsEntry(
            "train", "instances_train.json (train): 2 images, 2 annotations, 2 categories")
        .containsEntry("val", "instances_val.json (val): 2 images, 2 annotations, 2 categories");
  }

  @Test
  void idsChooseFromBothPartsForBothPurposes() throws IOException {
    DetectionImages images = read(1L, 3L);

    assertThat(images.train()).isSameAs(images.val());
    assertThat(files(images.train())).containsExactly("train/1.png", "val/3.png");
    assertThat(images.train().annotations().annotations())
        .extracting(Annotation::imageId)
        .containsExactly(1L, 3L);
    assertThat(images.train().annotations().annotations())
        .extracting(Annotation::id)
        .containsExactly(1L, 2L);
  }

  @Test
  void anIdOfBothPartsIsThatOfTheFirst() throws IOException {
    DetectionImages images = read(2L);

    assertThat(files(images.train())).containsExactly("train/2.png");
    assertThat(images.train().annotations().annotations())
        .extracting(Annotation::categoryId)
        .containsExactly(CELL);
  }

  @Test
  void categoriesThatNoChosenImageHasAreLeftOut() throws IOException {
    assertThat(read(1L).train().annotations().categories())
        .containsExactly(new CocoCategory(CELL, "cell"));
    assertThat(read().train().annotations().categories()).hasSize(2);
  }

  @Test
  void unknownIdsAreNamed() {
    assertThatThrownBy(() -> read(1L, 17L))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected images of the ids [17] in " + folder);
  }

  @Test
  void withoutAFolderShapesAreDrawnOnce() throws IOException {
    Path drawn = folder.resolve("shapes");
    DetectionImages images = DetectionImages.read(DRAWN, List.of(1L, 2L), DatasetUse.BOXES, drawn);
    Path first = drawn.resolve("train/000001.jpg");
    Files.delete(first);

    assertThat(files(images.train())).containsExactly("train/000001.jpg", "train/000002.jpg");
    assertThat(DetectionImages.read(DRAWN, List.of(), DatasetUse.BOXES, drawn).train().size())
        .isEqualTo(160);
    assertThat(first).as("shapes that are there are not drawn again").doesNotExist();
  }

  @Test
  void aFolderThatIsNoDataSetIsNamed() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThatThrownBy(
            () ->
                DetectionImages.read(
                    DetectionData.in(empty), List.of(), DatasetUse.BOXES, folder.resolve("shapes")))
        .isInstanceOf(UserError.class)
        .hasMessage(
            empty
                + ": expected the annotations of the part 'train' as one of"
                + " annotations/instances_train.json, annotations/train.json,"
                + " train/_annotations.coco.json, train/result.json,"
                + " train/annotations/instances_default.json, train.json,"
                + " annotations/instances.json, annotations/instances_default.json, result.json,"
                + " _annotations.coco.json, or with 'training' in place of 'train', found no JSON"
                + " file; name the files with --annotations, --images, --val-annotations and"
                + " --val-images, or the data set's folder with --data");
  }
}
