package io.github.tfkfac.detection.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.InstancesReader;
import io.github.tfkfac.detection.coco.RealData;
import io.github.tfkfac.detection.coco.ResultsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("data")
class PublishedResultsTest {
  private static final double PUBLISHED = 1e-9;
  private static final double TEN_DIGITS = 1e-10;

  @ParameterizedTest
  @CsvSource({
    "fakebbox100, dt.json, BOX",
    "fakesegm_first40, dt.json, BOX",
    "fakesegm_first40, dt.json, MASK",
    "toy_segm, dt.json, MASK",
    "toy_segm, dt_polygons.json, MASK"
  })
  void twelveNumbersAgree(String set, String results, Overlap overlap) throws IOException {
    Map<String, Double> expected = new LinkedHashMap<>();
    for (String line : lines(set, "expected_" + name(overlap) + ".txt")) {
      String[] fields = line.split("\t", -1);
      expected.put(fields[0], Double.valueOf(fields[1]));
    }
    Map<String, Double> found = evaluation(set, results, overlap).metrics().byName();
    assertThat(found.keySet()).containsExactlyElementsOf(expected.keySet());
    expected.forEach(
        (name, value) -> assertThat(found.get(name)).as(name).isCloseTo(value, within(PUBLISHED)));
  }

  @ParameterizedTest
  @CsvSource({"fakebbox100, BOX", "fakesegm_first40, MASK"})
  void categoriesAgree(String set, Overlap overlap) throws IOException {
    List<String> expected = lines(set, "expected_" + name(overlap) + "_per_category.tsv");
    List<CategoryMetrics> found = evaluation(set, "dt.json", overlap).perCategory();
    assertThat(found).hasSize(expected.size() - 1);
    for (int at = 0; at < found.size(); at++) {
      String[] fields = expected.get(at + 1).split("\t", -1);
      CategoryMetrics one = found.get(at);
      assertThat(one.category().id()).isEqualTo(Long.parseLong(fields[0]));
      assertThat(one.category().name()).isEqualTo(fields[1]);
      assertThat(one.ap()).isCloseTo(Double.parseDouble(fields[2]), within(TEN_DIGITS));
      assertThat(one.ap50()).isCloseTo(Double.parseDouble(fields[3]), within(TEN_DIGITS));
      assertThat(one.ar()).isCloseTo(Double.parseDouble(fields[4]), within(TEN_DIGITS));
    }
  }

  @Test
  void sumsOfAllPrecisionsAgree() throws IOException {
    Evaluation found = evaluation("fakebbox100", "dt.json", Overlap.BOX);
    assertThat(
            found.categories().stream()
                .flatMap(category -> category.curves().values().stream())
                .flatMap(List::stream)
                .flatMap(java.util.Optional::stream)
                .flatMapToDouble(PrecisionRecall::precisions)
                .summaryStatistics())
        .satisfies(
            summary -> {
              assertThat(summary.getCount()).isEqualTo(636_300);
              assertThat(summary.getSum()).isCloseTo(296003.10023118416, within(1e-6));
            });
  }

  private static Evaluation evaluation(String set, String results, Overlap overlap)
      throws IOException {
    Path folder = RealData.folder("coco-eval").resolve(set);
    CocoDataset dataset = InstancesReader.read(folder.resolve("gt.json"));
    EvaluationOptions options =
        overlap == Overlap.BOX ? EvaluationOptions.boxes() : EvaluationOptions.masks();
    return CocoEvaluator.evaluate(
        dataset, ResultsReader.read(folder.resolve(results), dataset), options);
  }

  private static String name(Overlap overlap) {
    return overlap == Overlap.BOX ? "bbox" : "segm";
  }

  private static List<String> lines(String set, String file) throws IOException {
    return Files.readAllLines(RealData.folder("coco-eval").resolve(set).resolve(file)).stream()
        .filter(line -> !line.startsWith("#") && !line.isBlank())
        .toList();
  }
}
