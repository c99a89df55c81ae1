package io.github.tfkfac.detection.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.tfkfac.detection.coco.CocoFormatException;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.coco.DatasetReading;
import io.github.tfkfac.detection.coco.DatasetUse;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.coco.InstancesReader;
import io.github.tfkfac.detection.coco.Problem;
import io.github.tfkfac.detection.coco.ResultsReader;
import io.github.tfkfac.detection.coco.ResultsReading;
import io.github.tfkfac.detection.evaluate.EvaluationOptions.Compatibility;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files as exporters and scripts write them: with the twelve numbers of pycocotools 2.0.11 and what
 * is said about them, or with the faults for which they are rejected.
 */
class PycocotoolsVariantsTest {
  private static final String RESOURCE = "pycocotools-2.0.11-variants.jsonl.gz";
  private static final double TOLERANCE = 1e-9;

  @TempDir Path folder;

  private record Variant(String name, JsonNode node) {
    @Override
    public String toString() {
      return name;
    }

    private DatasetUse use() {
      return node.get("masks").asBoolean() ? DatasetUse.MASK_EVALUATION : DatasetUse.BOX_EVALUATION;
    }
  }

  private static List<Variant> with(String field) throws IOException {
    JsonMapper json = JsonMapper.builder().build();
    List<Variant> variants = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Objects.requireNonNull(
                        PycocotoolsVariantsTest.class.getResourceAsStream(RESOURCE))),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode node = json.readTree(line);
        if (node.has(field)) {
          variants.add(new Variant(node.get("name").asText(), node));
        }
      }
    }
    return variants;
  }

  static List<Variant> evaluated() throws IOException {
    return with("numbers");
  }

  static List<Variant> rejected() throws IOException {
    return with("faults");
  }

  private Path file(Variant variant, String name) throws IOException {
    return Files.writeString(
        folder.resolve(name + ".json"), variant.node().get(name).asText(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @MethodSource("evaluated")
  void theNumbersArePycocotools(Variant variant) throws IOException {
    DatasetReading truth = InstancesReader.readLeniently(file(variant, "truth"), variant.use());
    ResultsReading results = ResultsReader.readLeniently(file(variant, "results"), truth);

    assertThat(truth.errors(variant.use())).isEmpty();
    assertThat(results.errors(variant.use())).isEmpty();
    List<String> warnings =
        Stream.concat(
                truth.warnings(variant.use()).stream(), results.warnings(variant.use()).stream())
            .map(Problem::line)
            .toList();
    assertThat(warnings).containsExactlyElementsOf(texts(variant, "warnings"));
    Map<Long, CocoImage> images = truth.dataset().imagesById();
    EvaluationOptions options =
        variant.use().masks() ? EvaluationOptions.masks() : EvaluationOptions.boxes();
    List<Double> found =
        List.copyOf(
            CocoEvaluator.evaluate(
                    truth.dataset(),
                    results.detections().stream().map(one -> ready(one, images, variant)).toList(),
                    options.withCompatibility(Compatibility.PYCOCOTOOLS))
                .metrics()
                .byName()
                .values());
    JsonNode numbers = variant.node().get("numbers");
    for (int k = 0; k < 12; k++) {
      assertThat(found.get(k)).isCloseTo(numbers.get(k).asDouble(), within(TOLERANCE));
    }
  }

  private static List<String> texts(Variant variant, String field) {
    List<String> texts = new ArrayList<>();
    variant.node().get(field).forEach(text -> texts.add(text.asText()));
    return texts;
  }

  /** With a mask where masks are evaluated: the reference takes the box for one. */
  private static Detection ready(
      Detection detection, Map<Long, CocoImage> images, Variant variant) {
    CocoImage image = images.get(detection.imageId());
    return variant.use().masks() && detection.mask().isEmpty()
        ? detection.withMaskOfBox(image.height(), image.width())
        : detection;
  }

  @ParameterizedTest
  @MethodSource("rejected")
  void everyFaultIsNamed(Variant variant) throws IOException {
    Path truth = file(variant, "truth");
    Path results = file(variant, "results");
    List<String> lines = new ArrayList<>();
    try {
      DatasetReading reading = InstancesReader.readLeniently(truth, variant.use());
      Stream.concat(
              reading.errors(variant.use()).stream(),
              ResultsReader.readLeniently(results, reading).errors(variant.use()).stream())
          .map(Problem::line)
          .forEach(lines::add);
    } catch (CocoFormatException broken) {
      broken.lines().forEach(line -> lines.add(line.replaceFirst("^.*\\.json: ", "")));
    }

    assertThat(lines).containsExactlyElementsOf(texts(variant, "faults"));
  }
}
