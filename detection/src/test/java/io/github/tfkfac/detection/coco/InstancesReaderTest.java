package io.github.tfkfac.detection.coco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstancesReaderTest {
  private static final String IMAGE =
      "{'id':7,'file_name':'a.jpg','width':4,'height':3,'license':2}";
  private static final String CATEGORY = "{'id':90,'name':'toothbrush','supercategory':'indoor'}";
  private static final String FIELDS =
      "'image_id':7,'category_id':90,'area':3.5,'bbox':[0.1,1,2.5,1.5],'iscrowd':0";

  @TempDir Path folder;

  private Path file(String annotations) throws IOException {
    return file(IMAGE, CATEGORY, annotations);
  }

  private Path file(String images, String categories, String annotations) throws IOException {
    String json =
        "{'info':{'year':2017,'list':[1,[2]]},'annotations':[%s],'images':[%s],'categories':[%s]}"
            .formatted(annotations, images, categories);
    return Files.writeString(folder.resolve("instances.json"), json.replace('\'', '"'));
  }

  private static String annotation(String rest) {
    return "{'id':5," + FIELDS + rest + "}";
  }

  @Test
  void polygonsAndBothFormsOfRunLengthsAreRead() throws IOException {
    CocoDataset dataset =
        InstancesReader.read(
            file(
                "{'id':5,"
                    + FIELDS
                    + ",'segmentation':[[0,1,2,1,2.5,3],[0,0,1,0,1,1]]},"
                    + "{'id':6,"
                    + FIELDS
                    + ",'segmentation':{'size':[3,4],'counts':[2,3,7]}},"
                    + "{'id':8,"
                    + FIELDS
                    + ",'segmentation':{'size':[3,4],'counts':'237'}},"
                    + "{'id':9,"
                    + FIELDS
                    + ",'segmentation':[]},"
                    + "{'id':10,'image_id':7,'category_id':90,'area':1,'bbox':[0,0,1,1],'iscrowd':1}"));

    assertThat(dataset.images())
        .containsExactly(new CocoImage(7, "a.jpg", 4, 3, OptionalInt.of(2)));
    assertThat(dataset.categories()).containsExactly(new CocoCategory(90, "toothbrush"));
    List<Annotation> all = dataset.annotations();
    assertThat(all.get(0).bbox()).isEqualTo(new CocoBox(0.1, 1, 2.5, 1.5));
    assertThat(all.get(0).area()).isEqualTo(3.5);
    assertThat(((Segmentation.Polygons) all.get(0).segmentation().orElseThrow()).parts())
        .containsExactly(new double[] {0, 1, 2, 1, 2.5, 3}, new double[] {0, 0, 1, 0, 1, 1});
    RunLengths mask = new RunLengths(3, 4, new int[] {2, 3, 7});
    assertThat(all.get(1).segmentation()).contains(new Segmentation.Mask(mask));
    assertThat(all.get(2).segmentation()).contains(new Segmentation.Mask(mask));
    assertThat(all.get(3).segmentation()).isEmpty();
    assertThat(all).extracting(Annotation::crowd).containsExactly(false, false, false, false, true);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        ",'segmentation':[[1,1,2,2]] | BAD_POLYGON | polygon of 2 points, expected at least 3",
        ",'segmentation':[[1,1,2,2,3]] | BAD_POLYGON | polygon of 5 numbers, expected pairs of x and y",
        ",'segmentation':[1,1,2,2,3,3] | BAD_POLYGON | expected a list of lists of numbers, found 1 in the outer list",
        ",'segmentation':{'size':[3,4],'counts':[2,3]} | BAD_RUN_LENGTHS | run lengths sum to 5, expected width times height, 4x3 = 12",
        ",'segmentation':{'size':[4,3],'counts':[2,3,7]} | BAD_RUN_LENGTHS | mask of 3x4 pixels in an image of 4x3",
        ",'segmentation':{'size':[3,4],'counts':'237o'} | BAD_RUN_LENGTHS | compressed run lengths end within a number, after 3 runs",
        ",'image_id':8 | UNKNOWN_IMAGE | is of image 8, which is not among the images",
        ",'category_id':1 | UNKNOWN_CATEGORY | is of category 1, which is not among the categories",
        ",'area':null | MISSING_FIELD | 'area' is missing",
        ",'bbox':[1,2,3] | WRONG_VALUE | 'bbox' is [1,2,3], expected x, y, width and height",
        ",'image_id':'7' | WRONG_VALUE | 'image_id' is ~7~, expected a whole number",
      })
  void badAnnotationIsNamedAndLeftOutOnRequest(String rest, Problem.Kind kind, String text)
      throws IOException {
    String good = "{'id':6," + FIELDS + "}";
    Path file = file(annotation(rest) + "," + good);
    String expected = text.replace('~', '"');

    assertThatExceptionOfType(CocoFormatException.class)
        .isThrownBy(() -> InstancesReader.read(file))
        .withMessage(file + ": annotation 5: " + expected);
    DatasetReading reading = InstancesReader.readLeniently(file);
    assertThat(reading.problems()).containsExactly(new Problem(kind, "annotation 5", expected));
    assertThat(reading.dataset().annotations()).extracting(Annotation::id).containsExactly(6L);
  }

  @Test
  void repeatedIdsAreNamedAndTheFirstIsKept() throws IOException {
    Path file =
        file(
            IMAGE + "," + IMAGE,
            CATEGORY + "," + CATEGORY,
            annotation("") + "," + annotation(",'area':7"));

    DatasetReading reading = InstancesReader.readLeniently(file);
    assertThat(reading.problems())
        .extracting(Problem::kind, Problem::where)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(Problem.Kind.DUPLICATE_ID, "annotation 5"),
            org.assertj.core.groups.Tuple.tuple(Problem.Kind.DUPLICATE_ID, "image 7"),
            org.assertj.core.groups.Tuple.tuple(Problem.Kind.DUPLICATE_ID, "category 90"));
    assertThat(reading.dataset().annotations()).extracting(Annotation::area).containsExactly(3.5);
    assertThatExceptionOfType(CocoFormatException.class)
        .isThrownBy(() -> InstancesReader.read(file))
        .withMessage(file + ": annotation 5: another one before has the same id");
  }

  @Test
  void entryWithoutIdIsNamedByItsPlace() throws IOException {
    Path file = file(annotation("") + ",{" + FIELDS + "}");
    assertThat(InstancesReader.readLeniently(file).problems())
        .containsExactly(
            new Problem(Problem.Kind.MISSING_FIELD, "annotations[1]", "'id' is missing"));
  }

  @Test
  void brokenJsonIsLocatedByItsByte() throws IOException {
    Path file = Files.writeString(folder.resolve("broken.json"), "{\"images\": [ {]}");
    assertThatExceptionOfType(CocoFormatException.class)
        .isThrownBy(() -> InstancesReader.readLeniently(file))
        .withMessageStartingWith(file + ": broken JSON at byte 14 of 16: Unexpected")
        .withMessageNotContaining("\n");
  }

  @Test
  void cutFileIsNoDataset() throws IOException {
    String whole = Files.readString(file(annotation("")));
    Path file = Files.writeString(folder.resolve("cut.json"), whole.substring(0, 100));
    assertThatExceptionOfType(CocoFormatException.class)
        .isThrownBy(() -> InstancesReader.read(file))
        .withMessageStartingWith(file + ": broken JSON at byte 100 of 100: ");
  }

  @Test
  void resultsFileIsNoDataset() throws IOException {
    Path results = Files.writeString(folder.resolve("results.json"), "[]");
    assertThatExceptionOfType(CocoFormatException.class)
        .isThrownBy(() -> InstancesReader.read(results))
        .withMessage(results + ": expected an object at the top, found START_ARRAY");
    Path other = Files.writeString(folder.resolve("other.json"), "{\"images\":[]}");
    assertThatExceptionOfType(CocoFormatException.class)
        .isThrownBy(() -> InstancesReader.read(other))
        .withMessage(other + ": no list 'annotations', 'categories', expected an instances file");
  }

  @Test
  void writtenDatasetIsReadAgain() throws IOException {
    CocoDataset dataset =
        InstancesReader.read(
            file(
                annotation(",'segmentation':[[0,1,2,1,2.5,3]]")
                    + ",{'id':6,"
                    + FIELDS
                    + ",'segmentation':{'size':[3,4],'counts':[2,3,7]}}"));
    Path copy = folder.resolve("copy.json");
    InstancesWriter.write(copy, dataset);

    CocoDataset again = InstancesReader.read(copy);
    assertThat(again).usingRecursiveComparison().isEqualTo(dataset);
  }
}
