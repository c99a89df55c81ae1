package io.github.tfkfac.detection.coco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.tfkfac.detection.box.Box;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResultsFilesTest {
  private static final CocoDataset DATASET =
      new CocoDataset(
          List.of(new CocoImage(7, "a.jpg", 4, 3, OptionalInt.empty())),
          List.of(new CocoCategory(90, "toothbrush")),
          List.of());
  private static final RunLengths MASK = new RunLengths(3, 4, new int[] {3, 2, 1, 2, 4});
  private static final String IDS = "'image_id':7,'category_id':90,'score':0.5";
  private static final String SEGMENTATION =
      "'segmentation':{'size':[3,4],'counts':'" + MASK.encode() + "'}";

  @TempDir Path folder;

  private Path file(String entries) throws IOException {
    return Files.writeString(
        folder.resolve("results.json"), ("[" + entries + "]").replace('\'', '"'));
  }

  @Test
  void boxGivesTheArea() throws IOException {
    assertThat(ResultsReader.read(file("{" + IDS + ",'bbox':[0.1,0.2,2.5,1.5]}"), DATASET))
        .containsExactly(
            new Detection(
                7, 90, new CocoBox(0.1, 0.2, 2.5, 1.5), 2.5 * 1.5, 0.5, Optional.empty()));
  }

  @Test
  void maskGivesBoxAndArea() throws IOException {
    assertThat(ResultsReader.read(file("{" + IDS + "," + SEGMENTATION + "}"), DATASET))
        .containsExactly(new Detection(7, 90, new CocoBox(1, 0, 2, 2), 4, 0.5, Optional.of(MASK)));
  }

  @Test
  void boxBesideMaskGivesTheArea() throws IOException {
    Path file = file("{" + IDS + ",'bbox':[0,0,4,3]," + SEGMENTATION + "}");
    assertThat(ResultsReader.read(file, DATASET))
        .containsExactly(new Detection(7, 90, new CocoBox(0, 0, 4, 3), 12, 0.5, Optional.of(MASK)));
  }

  @Test
  void firstEntryDecidesWhetherBoxesCount() throws IOException {
    Path file =
        file(
            "{"
                + IDS
                + ","
                + SEGMENTATION
                + "},{"
                + IDS
                + ",'bbox':[0,0,4,3],"
                + SEGMENTATION
                + "}");
    assertThat(ResultsReader.read(file, DATASET))
        .extracting(Detection::area)
        .containsExactly(4.0, 4.0);
    Path mixed = file("{" + IDS + ",'bbox':[0,0,4,3]},{" + IDS + "," + SEGMENTATION + "}");
    assertThatExceptionOfType(CocoFormatException.class)
        .isThrownBy(() -> ResultsReader.read(mixed, DATASET))
        .withMessage(mixed + ": results[1]: 'bbox' is missing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'image_id':8 | UNKNOWN_IMAGE | is of image 8, which is not in the data set; do the files belong together?",
        "'category_id':1 | UNKNOWN_CATEGORY | is of category 1, which is not in the data set; results hold category ids, not class indices",
        "'score':'high' | WRONG_VALUE | 'score' is ~high~, expected a number",
        "'score':NaN | WRONG_VALUE | 'score' is NaN, expected a number",
        "'image_id':'7' | WRONG_VALUE | 'image_id' is ~7~, expected a whole number",
      })
  void badResultIsNamedAndLeftOutOnRequest(String field, Problem.Kind kind, String text)
      throws IOException {
    String good = "{" + IDS + ",'bbox':[0,0,1,1]}";
    Path file = file(good + ",{" + IDS + ",'bbox':[0,0,1,1]," + field + "}," + good);
    String expected = text.replace('~', '"');

    assertThatExceptionOfType(CocoFormatException.class)
        .isThrownBy(() -> ResultsReader.read(file, DATASET))
        .withMessage(file + ": results[1]: " + expected);
    ResultsReading reading = ResultsReader.readLeniently(file, DATASET);
    assertThat(reading.problems()).containsExactly(new Problem(kind, "results[1]", expected));
    assertThat(reading.detections()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'size':[4,3],'counts':'`0'} | BAD_RUN_LENGTHS | run lengths sum to 16, expected width times height, 3x4 = 12",
        "{'size':[4,4],'counts':'`0'} | BAD_RUN_LENGTHS | mask of 4x4 pixels in an image of 4x3",
        "[[]] | BAD_POLYGON | polygon of 0 points, expected at least 3",
      })
  void aMaskBesideABoxMattersToMasksAlone(String mask, Problem.Kind kind, String text)
      throws IOException {
    Path file = file("{" + IDS + ",'bbox':[0,0,1,1],'segmentation':" + mask + "}");

    ResultsReading reading = ResultsReader.readLeniently(file, DATASET);

    Problem problem = new Problem(kind, "results[0]", text);
    assertThat(reading.detections()).extracting(Detection::mask).containsExactly(Optional.empty());
    assertThat(reading.errors(DatasetUse.BOX_EVALUATION)).isEmpty();
    assertThat(reading.warnings(DatasetUse.BOX_EVALUATION)).containsExactly(problem);
    assertThat(reading.errors(DatasetUse.MASK_EVALUATION)).containsExactly(problem);
    Path alone = file("{" + IDS + ",'segmentation':" + mask + "}");
    assertThat(ResultsReader.readLeniently(alone, DATASET).errors(DatasetUse.BOX_EVALUATION))
        .as("without a box the mask is all there is")
        .containsExactly(problem);
  }

  @Test
  void everyProblemOfAResultIsNamed() throws IOException {
    Path file = file("{'image_id':8,'category_id':'x','bbox':[1,Infinity,2,2]},5");

    assertThat(ResultsReader.readLeniently(file, DATASET).problems())
        .extracting(Problem::line)
        .containsExactly(
            "results[0]: 'category_id' is \"x\", expected a whole number",
            "results[0]: 'score' is missing",
            "results[0]: 'bbox' is [1,Infinity,2,2], expected x, y, width and height",
            "results[0]: is of image 8, which is not in the data set; do the files belong together?",
            "results[1]: is 5, expected an object");
  }

  @Test
  void whatTheReferenceIgnoresIsLeftOut() throws IOException {
    Path file =
        file("{" + IDS + ",'bbox':[0,0,1,1]},{" + IDS + ",'bbox':[0,0,1,1],'category_id':4}");

    ResultsReading reading = ResultsReader.readLeniently(file, DATASET);

    assertThat(reading.errors(DatasetUse.BOX_EVALUATION)).isEmpty();
    assertThat(reading.warnings(DatasetUse.BOX_EVALUATION))
        .extracting(Problem::kind)
        .containsExactly(Problem.Kind.UNKNOWN_CATEGORY);
    assertThat(reading.detections()).hasSize(1);
  }

  @Test
  void manyEntriesKeepTheirOrderUpToABreak() throws IOException {
    int entries = 5000;
    List<String> texts = new ArrayList<>();
    List<Problem> expected = new ArrayList<>();
    for (int at = 0; at < entries; at++) {
      boolean bad = at % 97 == 5;
      texts.add("{" + IDS + ",'bbox':[" + (bad ? "null" : at) + ",0,1,1]}");
      if (bad) {
        expected.add(
            new Problem(
                Problem.Kind.WRONG_VALUE,
                "results[" + at + "]",
                "'bbox' is [null,0,1,1], expected x, y, width and height"));
      }
    }

    ResultsReading reading = ResultsReader.readLeniently(file(String.join(",", texts)), DATASET);
    Path broken = file(String.join(",", texts) + ",{'score':}");

    assertThat(reading.problems()).isEqualTo(expected);
    assertThat(reading.detections())
        .extracting(one -> (int) one.bbox().x())
        .isEqualTo(IntStream.range(0, entries).filter(at -> at % 97 != 5).boxed().toList());
    assertThatExceptionOfType(CocoFormatException.class)
        .isThrownBy(() -> ResultsReader.readLeniently(broken, DATASET))
        .withMessageStartingWith(broken + ": " + expected.get(0).line())
        .withMessageEndingWith("and 3 more problems");
  }

  @Test
  void contentBehindTheEndIsAnError() throws IOException {
    Path file = Files.writeString(folder.resolve("results.json"), "[]\n[]");
    assertThatExceptionOfType(CocoFormatException.class)
        .isThrownBy(() -> ResultsReader.read(file, DATASET))
        .withMessageStartingWith(file + ": content behind the end of the document");
  }

  @Test
  void writtenBoxesAreReadAgain() throws IOException {
    Path file = folder.resolve("boxes.json");
    List<Detection> detections =
        List.of(
            new Detection(
                7, 90, new CocoBox(0.1, 0.2, 0.7, 1.1), 0.7 * 1.1, 1 / 3.0, Optional.empty()),
            new Detection(7, 90, new CocoBox(1, 1, 2, 1), 2, 1e-9, Optional.empty()));
    ResultsWriter.writeBoxes(file, detections);
    assertThat(ResultsReader.read(file, DATASET)).isEqualTo(detections);
  }

  @Test
  void writtenMasksComeWithoutBoxes() throws IOException {
    Path file = folder.resolve("masks.json");
    Detection detection = new Detection(7, 90, new Box(0, 0, 4, 3), 0.5, Optional.of(MASK));
    ResultsWriter.writeMasks(file, List.of(detection));

    assertThat(file).content().doesNotContain("bbox");
    assertThat(ResultsReader.read(file, DATASET))
        .containsExactly(Detection.ofMask(7, 90, 0.5, MASK));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                ResultsWriter.writeMasks(
                    file,
                    List.of(new Detection(7, 90, new Box(0, 0, 4, 3), 0.5, Optional.empty()))))
        .withMessage("a detection in image 7 has no mask to write");
  }

  @Test
  void scoreMustBeANumber() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Detection(7, 90, new Box(0, 0, 1, 1), Double.NaN, Optional.empty()))
        .withMessage("score of a detection in image 7 is NaN, expected a number");
  }
}
