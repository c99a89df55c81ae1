package io.github.tfkfac.detection.coco;

import static io.github.tfkfac.detection.coco.Problem.Kind.AREA_MISMATCH;
import static io.github.tfkfac.detection.coco.Problem.Kind.BOX_OUTSIDE;
import static io.github.tfkfac.detection.coco.Problem.Kind.EMPTY_BOX;
import static io.github.tfkfac.detection.coco.Problem.Kind.EMPTY_CATEGORY;
import static io.github.tfkfac.detection.coco.Problem.Kind.ID_ZERO;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetCheckTest {
  private static final CocoImage IMAGE = new CocoImage(7, "a.jpg", 100, 50, OptionalInt.empty());
  private static final CocoCategory CUP = new CocoCategory(1, "cup");
  private static final CocoCategory FORK = new CocoCategory(2, "fork");

  private static CocoDataset of(Annotation... annotations) {
    return new CocoDataset(List.of(IMAGE), List.of(CUP, FORK), List.of(annotations));
  }

  private static Annotation box(long id, CocoBox box, double area) {
    return new Annotation(id, 7, 1, box, area, false, Optional.empty());
  }

  private static Annotation outlined(long id, double area) {
    return new Annotation(
        id,
        7,
        1,
        new CocoBox(0, 0, 20, 20),
        area,
        false,
        Optional.of(new Segmentation.Polygons(List.of(new double[] {0, 0, 20, 0, 20, 20, 0, 20}))));
  }

  @Test
  void eachKindOfProblemIsNamed() {
    List<Problem> found =
        DatasetCheck.annotations(
            of(
                box(0, new CocoBox(1, 1, 10, 10), 100),
                box(1, new CocoBox(90, 1, 10.9, 10), 109),
                box(2, new CocoBox(90, 1, 11.1, 10), 111),
                box(3, new CocoBox(1, 1, 0, 10), 0),
                box(4, new CocoBox(1, 1, 10, 10), 0),
                outlined(5, 400),
                outlined(6, 1600)));

    assertThat(found)
        .containsExactly(
            new Problem(EMPTY_CATEGORY, "category 2", "'fork' has no annotation"),
            new Problem(
                ID_ZERO,
                "annotation 0",
                "has id 0, which COCO's own tools take for 'not found'; number from 1"),
            new Problem(
                BOX_OUTSIDE,
                "annotation 2",
                "box from (90.0, 1.0) to (101.1, 11.0) leaves image 7 of 100x50 pixels"),
            new Problem(EMPTY_BOX, "annotation 3", "box of 0.0x10.0 pixels"),
            new Problem(
                AREA_MISMATCH,
                "annotation 4",
                "states an area of 0.0 pixels, the box is of 10.0x10.0"),
            new Problem(
                AREA_MISMATCH,
                "annotation 6",
                "states an area of 1600.0 pixels, the segmentation has 400"));
    assertThat(EMPTY_BOX.severity()).isEqualTo(Problem.Severity.ERROR);
    assertThat(ID_ZERO.severity()).isEqualTo(Problem.Severity.WARNING);
  }

  @Test
  void aCategoryIsUsedByAnnotationsThatCannotBeReadToo() {
    DatasetReading reading =
        new DatasetReading(
            of(box(1, new CocoBox(1, 1, 10, 10), 100)),
            List.of(),
            DatasetUse.BOXES,
            Set.of(1L, 2L),
            ListedIds.WHOLE);

    assertThat(DatasetCheck.annotations(reading)).isEmpty();
  }

  @Test
  void differentCategoriesOfTwoPartsAreNamed() {
    CocoCategory knife = new CocoCategory(3, "knife");

    assertThat(
            DatasetCheck.categories(
                "train",
                List.of(CUP, FORK),
                "val",
                List.of(knife, new CocoCategory(1, "fork"), FORK)))
        .extracting(Problem::line)
        .containsExactly(
            "category 1: 'cup' in train, 'fork' in val",
            "category 3: missing in train, 'knife' in val");
    assertThat(DatasetCheck.categories("a", List.of(CUP, FORK), "b", List.of(FORK, CUP))).isEmpty();
  }

  @Test
  void missingAndUnreadableFilesAreNamed(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("a.jpg");
    ImageProbe probe = (found, image) -> Optional.of("truncated");

    assertThat(DatasetCheck.images(of(), folder, probe))
        .containsExactly(
            new Problem(Problem.Kind.MISSING_FILE, "image 7", "there is no file " + file));
    Files.createFile(file);
    assertThat(DatasetCheck.images(of(), folder, probe))
        .containsExactly(
            new Problem(Problem.Kind.UNREADABLE_FILE, "image 7", "file " + file + ": truncated"));
    assertThat(DatasetCheck.images(of(), folder, ImageProbe.NONE)).isEmpty();
  }

  @Test
  @Tag("data")
  void realAnnotationsAreSound() throws IOException {
    for (String name : List.of("train2017", "val2017")) {
      Path folder = RealData.folder("coco-tiny");
      CocoDataset dataset =
          InstancesReader.read(folder.resolve("annotations/instances_" + name + ".json"));
      assertThat(DatasetCheck.annotations(dataset))
          .filteredOn(problem -> problem.kind() != EMPTY_CATEGORY)
          .isEmpty();
      assertThat(DatasetCheck.images(dataset, folder.resolve(name), ImageProbe.NONE)).isEmpty();
    }
  }
}
