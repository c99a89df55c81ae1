package io.github.tfkfac.detection.coco;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
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
import org.junit.jupiter.params.provider.ValueSource;

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
        ",'image_id':8 | UNKNOWN_IMAGE | is of image 8, which is not among the images",
        ",'category_id':1 | UNKNOWN_CATEGORY | is of category 1, which is not among the categories",
        ",'area':null | MISSING_FIELD | 'area' is missing",
        ",'bbox':[1,2,3] | WRONG_VALUE | 'bbox' is [1,2,3], expected x, y, width and height",
        ",'image_id':'7' | WRONG_VALUE | 'image_id' is ~7~, expected a whole number",
        ",'image_id':7.5 | WRONG_VALUE | 'image_id' is 7.5, expected a whole number",
        ",'image_id':1e20 | WRONG_VALUE | 'image_id' is 1.0E20, expected a whole number",
        ",'area':NaN | WRONG_VALUE | 'area' is NaN, expected a number",
        ",'area':-Infinity | WRONG_VALUE | 'area' is -Infinity, expected a number",
        ",'bbox':[1,NaN,3,4] | WRONG_VALUE | 'bbox' is [1,NaN,3,4], expected x, y, width and height",
        ",'iscrowd':0.5 | WRONG_VALUE | 'iscrowd' is 0.5, expected 0 or 1",
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "[[1,1,2,2]] | BAD_POLYGON | polygon of 2 points, expected at least 3",
        "[[1,1,2,2,3]] | BAD_POLYGON | polygon of 5 numbers, expected pairs of x and y",
        "[[]] | BAD_POLYGON | polygon of 0 points, expected at least 3",
        "[1,1,2,2,3,3] | BAD_POLYGON | expected a list of lists of numbers, found 1 in the outer list",
        "[null] | BAD_POLYGON | expected a list of lists of numbers, found null in the outer list",
        "[['1',1,2,2,3,3]] | BAD_POLYGON | polygon with ~1~, expected numbers",
        "[[NaN,1,2,2,3,3]] | BAD_POLYGON | polygon with NaN, expected numbers",
        "{} | BAD_RUN_LENGTHS | 'segmentation' is {}, expected polygons or an object with 'size' [height, width] and 'counts'",
        "'none' | BAD_RUN_LENGTHS | 'segmentation' is ~none~, expected polygons or an object with 'size' [height, width] and 'counts'",
        "{'size':[3,4],'counts':null} | BAD_RUN_LENGTHS | 'counts' is null, expected a list or a text",
        "{'size':[3,4],'counts':[2.5,9.5]} | BAD_RUN_LENGTHS | 'counts' has 2.5, expected whole numbers",
        "{'size':[3,4],'counts':[2,3]} | BAD_RUN_LENGTHS | run lengths sum to 5, expected width times height, 4x3 = 12",
        "{'size':[4,3],'counts':[2,3,7]} | BAD_RUN_LENGTHS | mask of 3x4 pixels in an image of 4x3",
        "{'size':[3,4],'counts':'237o'} | BAD_RUN_LENGTHS | compressed run lengths end within a number, after 3 runs",
      })
  void anOutlineThatCannotBeReadMattersToMasksAlone(String outline, Problem.Kind kind, String text)
      throws IOException {
    Path file = file(annotation(",'segmentation':" + outline));
    Problem problem = new Problem(kind, "annotation 5", text.replace('~', '"'));

    DatasetReading reading = InstancesReader.readLeniently(file);

    assertThat(reading.problems()).containsExactly(problem);
    for (DatasetUse boxes : List.of(DatasetUse.BOXES, DatasetUse.BOX_EVALUATION)) {
      Annotation kept = reading.require(file, boxes).annotations().get(0);
      assertThat(kept.bbox()).isEqualTo(new CocoBox(0.1, 1, 2.5, 1.5));
      assertThat(kept.segmentation()).isEmpty();
      assertThat(reading.warnings(boxes)).containsExactly(problem);
    }
    for (DatasetUse masks : List.of(DatasetUse.MASKS, DatasetUse.MASK_EVALUATION)) {
      assertThatExceptionOfType(CocoFormatException.class)
          .isThrownBy(() -> reading.require(file, masks))
          .withMessage(file + ": " + problem.line());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",'segmentation':null", ",'segmentation':[]"})
  void anOutlineThatIsNotThereIsNamedForMasksAlone(String rest) throws IOException {
    DatasetReading reading = InstancesReader.readLeniently(file(annotation(rest)));

    assertThat(reading.problems()).isEmpty();
    assertThat(reading.errors(DatasetUse.BOXES)).isEmpty();
    assertThat(reading.errors(DatasetUse.MASKS))
        .containsExactly(
            new Problem(
                Problem.Kind.NO_OUTLINE,
                "annotation 5",
                "has no 'segmentation', expected an outline or a mask"));
  }

  @Test
  void everyProblemOfEveryEntryIsNamed() throws IOException {
    Path file =
        file(
            IMAGE + ",{'id':8,'width':'wide','height':0}",
            CATEGORY,
            "{'id':5,'image_id':8,'category_id':3,'bbox':[1],'area':NaN,'iscrowd':'no',"
                + "'segmentation':[[1,1],[1,2,3]]},7,{'id':6,"
                + FIELDS
                + "},{'id':7,'image_id':9,'category_id':90,'area':Infinity,'bbox':[0,0,1,1]}");

    DatasetReading reading = InstancesReader.readLeniently(file);

    assertThat(reading.problems())
        .extracting(Problem::line)
        .containsExactly(
            "annotation 5: 'bbox' is [1], expected x, y, width and height",
            "annotation 5: 'area' is NaN, expected a number",
            "annotation 5: 'iscrowd' is \"no\", expected 0 or 1",
            "annotation 5: polygon of 1 points, expected at least 3",
            "annotation 5: polygon of 3 numbers, expected pairs of x and y",
            "annotations[1]: is 7, expected an object",
            "annotation 7: 'area' is Infinity, expected a number",
            "image 8: 'file_name' is missing",
            "image 8: 'width' is \"wide\", expected a whole number of pixels",
            "image 8: 'height' is 0, expected a whole number of pixels",
            "annotation 5: is of category 3, which is not among the categories",
            "annotation 7: is of image 9, which is not among the images");
    assertThat(reading.dataset().annotations()).extracting(Annotation::id).containsExactly(6L);
    assertThatExceptionOfType(CocoFormatException.class)
        .isThrownBy(() -> InstancesReader.read(file))
        .satisfies(thrown -> assertThat(thrown.lines()).hasSize(12));
  }

  @Test
  void ofManyProblemsTheFirstAreNamedAndTheOthersCounted() throws IOException {
    String bad = "{'id':%d,'image_id':7,'category_id':90,'bbox':[0,0,1,1]}";
    StringBuilder entries = new StringBuilder(bad.formatted(1));
    for (int id = 2; id <= 70; id++) {
      entries.append(',').append(bad.formatted(id));
    }
    Path file = file(entries.toString());

    assertThatExceptionOfType(CocoFormatException.class)
        .isThrownBy(() -> InstancesReader.read(file))
        .satisfies(
            thrown ->
                assertThat(thrown.lines())
                    .hasSize(51)
                    .contains(file + ": annotation 50: 'area' is missing")
                    .endsWith(file + ": and 20 more problems"));
  }

  @Test
  void wholeNumbersMayBeWrittenWithAPoint() throws IOException {
    CocoDataset dataset =
        InstancesReader.read(
            file(
                "{'id':7.0,'file_name':'a.jpg','width':4.0,'height':3e0,'license':2.0}",
                "{'id':9e1,'name':'toothbrush'}",
                "{'id':5.0,'image_id':7.0,'category_id':90.0,'area':3.5,'bbox':[0.1,1,2.5,1.5],"
                    + "'iscrowd':1.0,'segmentation':{'size':[3.0,4.0],'counts':[2.0,3.0,7.0]}}"));

    assertThat(dataset.images())
        .containsExactly(new CocoImage(7, "a.jpg", 4, 3, OptionalInt.of(2)));
    assertThat(dataset.categories()).containsExactly(new CocoCategory(90, "toothbrush"));
    Annotation annotation = dataset.annotations().get(0);
    assertThat(annotation.crowd()).isTrue();
    assertThat(annotation.id()).isEqualTo(5);
    assertThat(annotation.segmentation())
        .contains(new Segmentation.Mask(new RunLengths(3, 4, new int[] {2, 3, 7})));
  }

  @Test
  void entriesThatSayTheSameAgainAreNoError() throws IOException {
    Path file = file(IMAGE + "," + IMAGE, CATEGORY + "," + CATEGORY, annotation(""));

    DatasetReading reading = InstancesReader.readLeniently(file);

    assertThat(reading.require(file, DatasetUse.BOXES).categories()).hasSize(1);
    assertThat(reading.warnings(DatasetUse.BOXES))
        .extracting(Problem::line)
        .containsExactly(
            "image 7: is listed again with the same values",
            "category 90: is listed again with the same values");
  }

  @Test
  void repeatedIdsAreNamedAndTheFirstIsKept() throws IOException {
    Path file =
        file(
            IMAGE + "," + IMAGE.replace("a.jpg", "b.jpg"),
            CATEGORY + "," + CATEGORY.replace("tooth", "hair"),
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
        .withMessageContaining(file + ": annotation 5: another one before has the same id")
        .withMessageContaining(file + ": category 90: another one before has the same id");
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
        .withMessage(
            file
                + ": broken JSON at byte 14 of 16, line 1: expected JSON, found '{\"images\": [ {]}'");
  }

  @Test
  void whatABrokenFileHasBeforeIsNamedToo() throws IOException {
    Path file = Files.writeString(folder.resolve("broken.json"), "{\"images\": [{\"id\": 1}, {]}");
    assertThatExceptionOfType(CocoFormatException.class)
        .isThrownBy(() -> InstancesReader.readLeniently(file))
        .satisfies(
            thrown ->
                assertThat(thrown.lines())
                    .hasSize(4)
                    .contains(file + ": image 1: 'height' is missing"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\": nan}",
        "{\"a\": 01}",
        "{'a': 1}",
        "{\"a\": 1,}",
        "{\"a\": \"\u0001\"}",
        "{\"a\": +1}",
        "{\"a\": .5}",
        "{\"a\": /* no */ 1}",
        "{\"a\": \"\\q\"}"
      })
  void noAdviceOfTheJsonReaderIsPassedOn(String content) throws IOException {
    Path file = Files.writeString(folder.resolve("broken.json"), content);
    assertThatExceptionOfType(CocoFormatException.class)
        .isThrownBy(() -> InstancesReader.readLeniently(file))
        .withMessageMatching(
            "(?s).*broken\\.json: broken JSON at byte \\d+ of \\d+, line 1: .*found '.*'")
        .withMessageNotContainingAny("enable", "Feature", "`", "token", "character", "Source");
  }

  @Test
  void nestingWithoutEndIsAnErrorOfTheFile() throws IOException {
    Path file = Files.writeString(folder.resolve("deep.json"), "{\"a\":" + "[".repeat(5000));
    assertThatExceptionOfType(CocoFormatException.class)
        .isThrownBy(() -> InstancesReader.readLeniently(file))
        .withMessageContaining("too long to be data of images")
        .withMessageNotContaining("Stream");
  }

  @Test
  void textThatIsNotUtf8IsAnErrorOfTheFile() throws IOException {
    byte[] latin =
        Files.readString(file(annotation(""))).replace("tooth", "Z\u00e4hn").getBytes(ISO_8859_1);
    Path file = Files.write(folder.resolve("latin.json"), latin);
    assertThatExceptionOfType(CocoFormatException.class)
        .isThrownBy(() -> InstancesReader.readLeniently(file))
        .withMessageContaining(": broken JSON at byte ")
        .withMessageNotContaining("UTF-8 middle");
  }

  @ParameterizedTest
  @ValueSource(strings = {" {}", "x", "]", "\n{\"images\": []}", ","})
  void contentBehindTheEndIsAnError(String behind) throws IOException {
    String whole = Files.readString(file(annotation("")));
    Path file = Files.writeString(folder.resolve("longer.json"), whole + behind);
    assertThatExceptionOfType(CocoFormatException.class)
        .isThrownBy(() -> InstancesReader.read(file))
        .withMessage(
            "%s: content behind the end of the document, which ends at byte %d of %d; remove it, or give each document a file of its own"
                .formatted(file, whole.length(), whole.length() + behind.length()));
  }

  @Test
  void whiteSpaceBehindTheEndIsNoContent() throws IOException {
    String whole = Files.readString(file(annotation("")));
    Path file = Files.writeString(folder.resolve("longer.json"), whole + " \r\n\t\n");
    assertThat(InstancesReader.read(file).annotations()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"annotations", "images", "categories"})
  void aListThatIsGivenTwiceIsAnError(String list) throws IOException {
    String whole = Files.readString(file(annotation("")));
    Path file =
        Files.writeString(
            folder.resolve("twice.json"),
            whole.substring(0, whole.length() - 1) + ",\n\"" + list + "\":[]}");
    assertThatExceptionOfType(CocoFormatException.class)
        .isThrownBy(() -> InstancesReader.read(file))
        .withMessage(
            "%s: the list '%s' is given twice, the second at line 2, expected one of each; join them"
                .formatted(file, list));
  }

  @Test
  void cutFileIsNoDataset() throws IOException {
    String whole = Files.readString(file(annotation("")));
    Path file = Files.writeString(folder.resolve("cut.json"), whole.substring(0, 100));
    assertThatExceptionOfType(CocoFormatException.class)
        .isThrownBy(() -> InstancesReader.read(file))
        .withMessage(
            file
                + ": broken JSON at byte 100 of 100, line 1: the file ends within the document; is it whole?");
  }

  @Test
  void resultsFileIsNoDataset() throws IOException {
    Path results = Files.writeString(folder.resolve("results.json"), "[]");
    assertThatExceptionOfType(CocoFormatException.class)
        .isThrownBy(() -> InstancesReader.read(results))
        .withMessage(results + ": expected an object at the top, found a list");
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
