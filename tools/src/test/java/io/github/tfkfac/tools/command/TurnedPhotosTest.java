package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tfkfac.models.data.RgbImage;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Photos that are stored in each of EXIF's orientations and annotated upright: validated,
 * evaluated, and searched by a detector as the upright picture is.
 */
class TurnedPhotosTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Sides of uniform blocks, which a JPEG file keeps the same however they are turned. */
  private static final int BLOCK = 16;

  @TempDir static Path folder;
  private static TinyShapes data;
  private static Path run;
  private final Program program = new Program();

  @BeforeAll
  static void train() {
    data = TinyShapes.write(folder.resolve("data"), TurnedPicture.ORIENTATIONS);
    run = folder.resolve("run");
    Program trained = new Program();
    int exitCode =
        trained.run(
            "detect",
            "train",
            "--data=" + data.folder(),
            "--runs=" + folder,
            "--name=run",
            "--masks",
            "--optimizer=sgdm",
            "--steps=1",
            "--batch=1",
            "--short-side=64",
            "--threads=1");
    assertThat(exitCode).as(trained.err()).isZero();
  }

  /** Wider than high: gray blocks, or noise. */
  private static BufferedImage picture(boolean blocks) {
    BufferedImage picture = new BufferedImage(5 * BLOCK, 4 * BLOCK, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(7);
    int[] grays = random.ints(20, 0, 256).toArray();
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        int gray = grays[y / BLOCK * 5 + x / BLOCK];
        picture.setRGB(x, y, blocks ? 0x10101 * gray : random.nextInt(0x1000000));
      }
    }
    return picture;
  }

  /** The entries of a results file, by image, without the image's id. */
  private static Map<Integer, List<JsonNode>> byImage(Path results) throws IOException {
    Map<Integer, List<JsonNode>> found = new TreeMap<>();
    for (JsonNode one : JSON.readTree(results.toFile())) {
      int image = ((ObjectNode) one).remove("image_id").asInt();
      found.computeIfAbsent(image, id -> new ArrayList<>()).add(one);
    }
    return found;
  }

  @Test
  void everyOrientationGetsTheUprightPicturesPredictions() throws IOException {
    Path out = folder.resolve("pictures");
    List<String> arguments =
        new ArrayList<>(List.of("detect", "predict", run.toString(), "--least-score=0"));
    arguments.add("--out=" + out);
    for (String format : List.of("jpg", "png")) {
      for (int orientation = 1; orientation <= TurnedPicture.ORIENTATIONS; orientation++) {
        Path file = folder.resolve("turned-%d.%s".formatted(orientation, format));
        TurnedPicture.write(picture(format.equals("jpg")), orientation, file);
        arguments.add(file.toString());
      }
    }

    assertThat(program.run(arguments.toArray(String[]::new))).as(program.err()).isZero();

    for (String results : List.of("results.json", "results-masks.json")) {
      Map<Integer, List<JsonNode>> found = byImage(out.resolve(results));
      assertThat(found).hasSize(2 * TurnedPicture.ORIENTATIONS);
      for (int image = 1; image <= found.size(); image++) {
        int upright = image <= TurnedPicture.ORIENTATIONS ? 1 : TurnedPicture.ORIENTATIONS + 1;
        assertThat(found.get(image))
            .as("%s, image %d", results, image)
            .isEqualTo(found.get(upright));
      }
      assertThat(found.get(1)).isNotEqualTo(found.get(TurnedPicture.ORIENTATIONS + 1));
    }
    for (String drawn : program.out().lines().toList()) {
      BufferedImage picture = ImageIO.read(Path.of(drawn).toFile());
      assertThat(4 * picture.getWidth()).isEqualTo(5 * picture.getHeight());
    }
  }

  /** The data of the run, each evaluated image in an orientation; annotations stay as they are. */
  private static TinyShapes turned(Path place) throws IOException {
    TinyShapes turned = TinyShapes.write(place, TurnedPicture.ORIENTATIONS);
    for (int id = 1; id <= TurnedPicture.ORIENTATIONS; id++) {
      BufferedImage upright = RgbImage.read(data.image("val", id)).toBufferedImage();
      Path file = TurnedPicture.write(upright, id, place.resolve(id + ".png"));
      Files.write(turned.image("val", id), Files.readAllBytes(file));
    }
    return turned;
  }

  @Test
  void evaluationAndValidationSeeTheUprightImages() throws IOException {
    TinyShapes turned = turned(folder.resolve("turned-data"));
    Path out = folder.resolve("turned-pictures");
    String place = "--data=" + turned.folder();

    assertThat(program.run("detect", "validate", place)).as(program.out()).isZero();
    Program predicted = new Program();
    assertThat(predicted.run("detect", "predict", run.toString(), place, "--out=" + out))
        .as(predicted.err())
        .isZero();
    Program evaluated = new Program();
    assertThat(evaluated.run("detect", "eval", run.toString(), place, "--json"))
        .as(evaluated.err())
        .isZero();

    for (String results : List.of("results.json", "results-masks.json")) {
      assertThat(byImage(out.resolve(results))).isEqualTo(byImage(run.resolve(results)));
    }
    JsonNode found = JSON.readTree(evaluated.out());
    for (String overlap : List.of("box", "mask")) {
      Map<?, ?> recorded = (Map<?, ?>) RunRecord.read(new RunFolder(run)).result().get(overlap);
      recorded.forEach(
          (name, value) ->
              assertThat(found.get(overlap).get((String) name).asDouble())
                  .as("%s %s", overlap, name)
                  .isCloseTo(((Number) value).doubleValue(), within(1e-6)));
    }
    assertThat(found.get("box").get("AR100").asDouble()).isPositive();
  }

  @Test
  void annotationsOfTheStoredPictureAreNamedWithTheOrientation() throws IOException {
    Path file = folder.resolve("sideways.jpg");
    TurnedPicture.write(picture(true), 6, file);
    Path annotations =
        Files.writeString(
            folder.resolve("sideways.json"),
            """
            {"images": [{"id": 1, "file_name": "sideways.jpg", "width": 64, "height": 80}],
             "categories": [], "annotations": []}
            """);

    assertThat(program.run("detect", "validate", "--annotations=" + annotations)).isEqualTo(2);
    assertThat(program.out())
        .contains(
            "is of 80x64 pixels (upright; stored with EXIF orientation 6),"
                + " the annotations say 64x80");
  }
}
