package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that read a data set and build no detector. */
class DetectFilesTest {

  private static final Offset<Double> ROUNDING = Offset.offset(1e-12);

  /**
   * At thresholds up to 0.80 both are found, at the other three half of the recalls are reached.
   */
  private static final double AP = (7 + 3 * 51 / 101.0) / 10;

  @TempDir Path folder;
  private final Program program = new Program();
  private Path annotations;
  private Path results;

  /** Two objects; one is found exactly, the other with an overlap of 0.82. */
  @BeforeEach
  void writeFiles() throws IOException {
    annotations =
        json(
            "instances.json",
            """
            {'images': [{'id': 1, 'file_name': 'a.png', 'width': 100, 'height': 100}],
             'categories': [{'id': 3, 'name': 'cell'}],
             'annotations': [
               {'id': 1, 'image_id': 1, 'category_id': 3, 'bbox': [0, 0, 10, 10], 'area': 100,
                'segmentation': [[0, 0, 10, 0, 10, 10, 0, 10]]},
               {'id': 2, 'image_id': 1, 'category_id': 3, 'bbox': [50, 50, 50, 40], 'area': 2000,
                'segmentation': [[50, 50, 100, 50, 100, 90, 50, 90]]}]}
            """);
    results =
        json(
            "results.json",
            """
            [{'image_id': 1, 'category_id': 3, 'bbox': [0, 0, 10, 10], 'score': 0.9},
             {'image_id': 1, 'category_id': 3, 'bbox': [50, 50, 41, 40], 'score': 0.8}]
            """);
    ImageIO.write(
        new BufferedImage(100, 100, BufferedImage.TYPE_INT_RGB),
        "png",
        folder.resolve("a.png").toFile());
  }

  private Path json(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content.replace('\'', '"'));
  }

  private int eval(String... more) {
    return run("eval", "--results=" + results, more);
  }

  private int run(String command, String first, String... more) {
    String[] all = new String[4 + more.length];
    System.arraycopy(
        new String[] {"detect", command, first, "--annotations=" + annotations}, 0, all, 0, 4);
    System.arraycopy(more, 0, all, 4, more.length);
    return program.run(all);
  }

  @Test
  void resultsAreEvaluatedAsCocoDoes() throws IOException {
    assertThat(eval("--json")).as(program.err()).isZero();

    JsonNode found = new ObjectMapper().readTree(program.out());
    assertThat(found.get("overlap").asText()).isEqualTo("box");
    assertThat(found.get("AP").asDouble()).isCloseTo(AP, ROUNDING);
    assertThat(found.get("AP50").asDouble()).isCloseTo(1, ROUNDING);
    assertThat(found.get("AP75").asDouble()).isCloseTo(1, ROUNDING);
    assertThat(found.get("APs").asDouble()).isCloseTo(1, ROUNDING);
    assertThat(found.get("APm").asDouble()).isCloseTo(0.7, ROUNDING);
    assertThat(found.get("APl").asDouble()).as("no large object").isEqualTo(-1);
    assertThat(found.get("AR1").asDouble()).isEqualTo(0.5);
    assertThat(found.get("AR100").asDouble()).isCloseTo(0.85, ROUNDING);
    assertThat(found.at("/categories/0/category/name").asText()).isEqualTo("cell");
    assertThat(found.at("/categories/0/objects").asInt()).isEqualTo(2);
  }

  @Test
  void theTablesHaveTheSameNumbers() {
    assertThat(eval()).as(program.err()).isZero();

    List<String> lines = program.out().lines().toList();
    assertThat(lines.get(0).strip().split(" +"))
        .containsExactly(
            "AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl");
    assertThat(program.out()).containsPattern("box +0.8515 +1.0000 +1.0000 +1.0000 +0.7000");
    assertThat(program.out()).containsPattern("cell +2 +0.8515 +1.0000 +0.8500");
    assertThat(program.err()).isEmpty();
  }

  @Test
  void whatIsNotReachedIsAFailure() {
    assertThat(eval("--expect=AP=0.9,AP50=1")).isEqualTo(1);
    assertThat(program.onlyLine())
        .isEqualTo("kfac: expected a box AP of at least 0.9000, found 0.8515");
    assertThat(program.out()).contains("0.8515");
    assertThat(eval("--expect=AP=0.85,AP50=1")).isZero();
    assertThat(program.err()).isEmpty();
  }

  @Test
  void masksAreEvaluatedWhereTheResultsHaveThem() throws IOException {
    results =
        json(
            "masks.json",
            """
            [{'image_id': 1, 'category_id': 3, 'score': 0.9,
              'segmentation': {'size': [100, 100], 'counts': [0, 10, 90, 10, 9890]}}]
            """);

    assertThat(eval("--json", "--expect=AP=0.9", "--expect-masks=AP50=0.9")).isEqualTo(1);

    assertThat(program.out()).contains("\"overlap\" : \"mask\"");
    assertThat(program.err().lines())
        .containsExactly(
            "kfac: expected a mask AP of at least 0.9000, found 0.0000",
            "kfac: expected a mask AP50 of at least 0.9000, found 0.0000");
  }

  @Test
  void aCleanSetIsValid() {
    assertThat(run("validate", "--images=" + folder)).as(program.out()).isZero();

    assertThat(program.out().strip())
        .isEqualTo(annotations + ": 1 image, 2 annotations, 0 errors, 0 warnings");
  }

  @Test
  void everyKindOfProblemIsNamed() throws IOException {
    Files.writeString(folder.resolve("text.png"), "no image");
    annotations =
        json(
            "broken.json",
            """
            {'images': [
               {'id': 1, 'file_name': 'a.png', 'width': 100, 'height': 100},
               {'id': 2, 'file_name': 'none.png', 'width': 100, 'height': 100},
               {'id': 3, 'file_name': 'text.png', 'width': 100, 'height': 100},
               {'id': 4, 'file_name': 'a.png', 'width': 100, 'height': 50},
               {'id': 4, 'file_name': 'b.png', 'width': 100, 'height': 50},
               {'id': 5, 'file_name': 'c.png', 'width': 'wide', 'height': 50},
               {'id': 6, 'width': 100, 'height': 50}],
             'categories': [{'id': 3, 'name': 'cell'}, {'id': 4, 'name': 'nucleus'}],
             'annotations': [
               {'id': 10, 'image_id': 9, 'category_id': 3, 'bbox': [0, 0, 10, 10], 'area': 100},
               {'id': 11, 'image_id': 1, 'category_id': 9, 'bbox': [0, 0, 10, 10], 'area': 100},
               {'id': 12, 'image_id': 1, 'category_id': 3, 'bbox': [0, 0, 10, 10], 'area': 100,
                'segmentation': [[0, 0, 10, 0]]},
               {'id': 13, 'image_id': 1, 'category_id': 3, 'bbox': [0, 0, 10, 10], 'area': 100,
                'segmentation': {'size': [100, 100], 'counts': [5]}},
               {'id': 14, 'image_id': 1, 'category_id': 3, 'bbox': [0, 0, 0, 10], 'area': 0},
               {'id': 15, 'image_id': 1, 'category_id': 3, 'bbox': [95, 0, 10, 10], 'area': 100},
               {'id': 16, 'image_id': 1, 'category_id': 3, 'bbox': [0, 0, 10, 10], 'area': 900},
               {'id': 0, 'image_id': 1, 'category_id': 3, 'bbox': [0, 0, 10, 10], 'area': 100}]}
            """);

    assertThat(run("validate", "--images=" + folder)).isEqualTo(2);

    assertThat(program.out())
        .contains(
            "error  image 4: another one before has the same id",
            "error  image 5: 'width' is \"wide\", expected a whole number of pixels",
            "error  image 6: 'file_name' is missing",
            "error  annotation 10: is of image 9, which is not among the images",
            "error  annotation 11: is of category 9, which is not among the categories",
            "warning  annotation 12: polygon of 2 points, expected at least 3",
            "warning  annotation 13: run lengths sum to 5",
            "error  annotation 14: box of 0.0x10.0 pixels",
            "error  image 2: there is no file " + folder.resolve("none.png"),
            "error  image 3: file " + folder.resolve("text.png"),
            "error  image 4: file " + folder.resolve("a.png") + ": is of 100x100 pixels, the",
            "warning  category 4: 'nucleus' has no annotation",
            "warning  annotation 15: box from (95.0, 0.0) to (105.0, 10.0) leaves image 1",
            "warning  annotation 16: states an area of 900.0 pixels, the box is of 10.0x10.0",
            "warning  annotation 0: has id 0",
            annotations + ": 4 images, 6 annotations, 9 errors, 6 warnings");
    assertThat(program.out().lines()).hasSize(16);
    assertThat(program.err()).isEmpty();
  }

  @Test
  void boxesAreEvaluatedWhateverTheOutlinesAre() throws IOException {
    String whole = Files.readString(annotations);
    for (String outline : List.of("[[]]", "{}", "[1, 2, 3, 4, 5, 6]", "[[1, 2, 3, 4]]", "\"x\"")) {
      Files.writeString(annotations, whole.replace("[[0, 0, 10, 0, 10, 10, 0, 10]]", outline));

      assertThat(eval("--overlap=box", "--json")).as(program.err()).isZero();

      assertThat(new ObjectMapper().readTree(program.out()).get("AP").asDouble())
          .isCloseTo(AP, ROUNDING);
      assertThat(program.onlyLine())
          .startsWith(
              "kfac: "
                  + annotations
                  + ": 1 fault in outlines, which boxes do not need: annotation 1: ");
      assertThat(eval("--overlap=mask")).isEqualTo(2);
      assertThat(program.onlyLine()).startsWith("kfac: error: " + annotations + ": annotation 1: ");
      assertThat(run("validate", "--images=" + folder)).isZero();
      assertThat(program.out()).contains("warning  annotation 1: ", "0 errors, 1 warning");
      assertThat(run("validate", "--images=" + folder, "--masks")).isEqualTo(2);
      assertThat(program.out()).contains("error  annotation 1: ", "1 error, 0 warnings");
    }
  }

  @Test
  void aLinePerFaultOfBothFiles() throws IOException {
    Files.writeString(
        annotations, Files.readString(annotations).replace("\"area\": 100", "\"area\": NaN"));
    results =
        json("results.json", "[{'image_id': 1, 'category_id': '3', 'bbox': [0, 0], 'score': 1}]");

    assertThat(eval()).isEqualTo(2);

    assertThat(program.err().lines())
        .containsExactly(
            "kfac: error: " + annotations + ": annotation 1: 'area' is NaN, expected a number",
            "kfac: error: "
                + results
                + ": results[0]: 'category_id' is \"3\", expected a whole number",
            "kfac: error: "
                + results
                + ": results[0]: 'bbox' is [0,0], expected x, y, width and height");
    assertThat(run("validate", "--images=" + folder)).isEqualTo(2);
    assertThat(program.out())
        .contains("error  annotation 1: 'area' is NaN, expected a number")
        .contains("1 image, 1 annotation, 1 error, 0 warnings");
  }

  @Test
  void boxesStandForTheirPixelsWhereMasksAreAskedFor() throws IOException {
    assertThat(eval("--overlap=mask", "--json")).as(program.err()).isZero();

    assertThat(new ObjectMapper().readTree(program.out()).get("AP").asDouble())
        .isCloseTo(AP, ROUNDING);
    assertThat(program.onlyLine())
        .endsWith(
            "2 results have no mask; the pixels of their boxes are taken, as pycocotools does");
  }

  @Test
  void ofManyProblemsTheFirstAreShownErrorsBeforeWarnings() throws IOException {
    Files.writeString(
        annotations,
        Files.readString(annotations)
            .replace("\"area\": 100", "\"area\": 900")
            .replace("\"area\": 2000", "\"area\": null"));

    assertThat(run("validate", "--images=" + folder, "--limit=1")).isEqualTo(2);

    assertThat(program.out().lines())
        .containsExactly(
            "error  annotation 2: 'area' is missing",
            "and 1 more problem; --limit 0 shows all",
            annotations + ": 1 image, 1 annotation, 1 error, 1 warning");
    assertThat(run("validate", "--images=" + folder, "--limit=0")).isEqualTo(2);
    assertThat(program.out().lines()).hasSize(3);
  }

  @Test
  void partsOfDifferentCategoriesAreNamed() throws IOException {
    Path data = Files.createDirectories(folder.resolve("data/annotations")).getParent();
    String train = Files.readString(annotations);
    Files.writeString(data.resolve("annotations/instances_train.json"), train);
    Files.writeString(
        data.resolve("annotations/instances_val.json"), train.replace("\"cell\"", "\"nucleus\""));
    String said = "category 3: 'nucleus' in instances_val.json, 'cell' in instances_train.json";

    assertThat(program.run("detect", "validate", "--data=" + data, "--no-images")).isEqualTo(2);
    assertThat(program.out()).contains("error  " + said);
    assertThat(program.run("detect", "eval", "--results=" + results, "--data=" + data))
        .isEqualTo(2);
    assertThat(program.onlyLine()).contains(said);
  }

  @Test
  void statisticsCountImagesAndObjects() throws IOException {
    assertThat(run("stats", "--json")).as(program.err()).isZero();
    JsonNode facts = new ObjectMapper().readTree(program.out());
    assertThat(facts.get("images").asInt()).isEqualTo(1);
    assertThat(facts.get("annotations").asInt()).isEqualTo(2);
    assertThat(facts.get("withSegmentation").asInt()).isEqualTo(2);
    assertThat(facts.get("small").asInt()).isEqualTo(1);
    assertThat(facts.get("medium").asInt()).isEqualTo(1);
    assertThat(facts.at("/categories/0/objects").asInt()).isEqualTo(2);

    assertThat(program.run("detect", "stats", "--annotations=" + annotations)).isZero();
    assertThat(program.out()).startsWith(annotations.toString()).containsPattern("cell +2 ");
    assertThat(program.err()).isEmpty();
  }
}
