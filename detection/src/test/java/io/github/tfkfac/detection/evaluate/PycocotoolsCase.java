package io.github.tfkfac.detection.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.coco.InstancesReader;
import io.github.tfkfac.detection.coco.ResultsReader;
import io.github.tfkfac.detection.evaluate.EvaluationOptions.Categories;
import io.github.tfkfac.detection.evaluate.EvaluationOptions.Compatibility;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;

/** A random data set, results, and what pycocotools 2.0.11 makes of them. */
record PycocotoolsCase(
    String name, CocoDataset dataset, List<Detection> detections, JsonNode expected) {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String RESOURCE = "pycocotools-2.0.11-random.jsonl.gz";

  static List<PycocotoolsCase> all(Path folder) throws IOException {
    List<PycocotoolsCase> cases = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Objects.requireNonNull(PycocotoolsCase.class.getResourceAsStream(RESOURCE))),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode node = JSON.readTree(line);
        Path truth = folder.resolve("truth.json");
        Path results = folder.resolve("results.json");
        Files.writeString(truth, node.get("gt").toString());
        Files.writeString(results, node.get("dt").toString());
        CocoDataset dataset = InstancesReader.read(truth);
        List<Detection> detections = ResultsReader.read(results, dataset);
        for (JsonNode expected : node.get("expected")) {
          String name =
              "seed "
                  + node.get("seed")
                  + " "
                  + expected.get("kind").asText()
                  + " categories "
                  + expected.get("use_cats")
                  + " limits "
                  + expected.get("limits");
          cases.add(new PycocotoolsCase(name, dataset, detections, expected));
        }
      }
    }
    return cases;
  }

  EvaluationOptions options() {
    EvaluationOptions options =
        expected.get("kind").asText().equals("bbox")
            ? EvaluationOptions.boxes()
            : EvaluationOptions.masks();
    return options
        .withCategories(
            expected.get("use_cats").asInt() == 1 ? Categories.SEPARATE : Categories.POOLED)
        .withLimits(
            StreamSupport.stream(expected.get("limits").spliterator(), false)
                .map(JsonNode::asInt)
                .toList())
        .withCompatibility(Compatibility.PYCOCOTOOLS);
  }

  List<Double> numbers(String field) {
    return StreamSupport.stream(expected.get(field).spliterator(), false)
        .map(JsonNode::asDouble)
        .toList();
  }

  @Override
  public String toString() {
    return name;
  }
}
