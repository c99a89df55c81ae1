package io.github.tfkfac.detection.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.CocoBox;
import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.coco.RunLengths;
import io.github.tfkfac.detection.coco.Segmentation;
import io.github.tfkfac.detection.evaluate.EvaluationOptions.Categories;
import io.github.tfkfac.detection.evaluate.EvaluationOptions.Compatibility;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CocoEvaluatorTest {
  private static final double ROUNDING = 1e-12;
  private static final CocoBox BOX = new CocoBox(10, 10, 20, 10);
  private static final CocoBox ELSEWHERE = new CocoBox(100, 100, 20, 10);

  private static CocoBox wide(double width) {
    return new CocoBox(10, 10, width, 10);
  }

  @Test
  void nothingToFindGivesMinusOne() {
    CocoMetrics found = new EvaluatedScene().found(1, 1, BOX, 0.5).boxes().metrics();
    assertThat(found.byName().values()).containsOnly(-1.0).hasSize(12);
  }

  @Test
  void nothingFoundGivesZero() {
    CocoMetrics found = new EvaluatedScene().object(1, 1, BOX).boxes().metrics();
    assertThat(List.of(found.ap(), found.apSmall(), found.ar(), found.apLarge()))
        .containsExactly(0.0, 0.0, 0.0, -1.0);
  }

  @ParameterizedTest
  @CsvSource({"10, 0.1", "9.99, 0", "18, 0.9", "19, 1.0", "15, 0.6"})
  void overlapAtAThresholdIsEnough(double width, double ap) {
    Evaluation found = new EvaluatedScene().object(1, 1, BOX).found(1, 1, wide(width), 0.5).boxes();
    assertThat(found.metrics().ar()).isCloseTo(ap, within(ROUNDING));
    assertThat(found.metrics().ap()).isCloseTo(ap, within(ROUNDING));
  }

  @Test
  void areaAtALimitIsSmallAndMedium() {
    Evaluation found =
        new EvaluatedScene().object(1, 1, BOX, 1024, false).object(2, 2, BOX, 9216, false).boxes();
    assertThat(objects(found, 0, AreaRange.SMALL)).isEqualTo(1);
    assertThat(objects(found, 0, AreaRange.MEDIUM)).isEqualTo(1);
    assertThat(objects(found, 0, AreaRange.LARGE)).isZero();
    assertThat(objects(found, 1, AreaRange.SMALL)).isZero();
    assertThat(objects(found, 1, AreaRange.MEDIUM)).isEqualTo(1);
    assertThat(objects(found, 1, AreaRange.LARGE)).isEqualTo(1);
  }

  private static int objects(Evaluation found, int category, AreaRange range) {
    return found.categories().get(category).curve(range, 2).map(PrecisionRecall::objects).orElse(0);
  }

  @Test
  void statedAreaCountsForObjectsAndOwnAreaForUnmatchedDetections() {
    EvaluatedScene scene =
        new EvaluatedScene()
            .object(1, 1, BOX, 5000, false)
            .found(1, 1, BOX, 0.5)
            .found(1, 1, ELSEWHERE, 0.9);
    assertThat(scene.boxes().metrics().apMedium()).isCloseTo(1, within(ROUNDING));
    assertThat(scene.boxes().metrics().ap50()).isCloseTo(0.5, within(ROUNDING));
  }

  @Test
  void sizeOfABoxDoesNotMoveByItsPlace() {
    CocoBox box = new CocoBox(10.3, 10.3, 32, 32);
    assertThat(box.edges().area()).isNotEqualTo(1024);
    EvaluatedScene scene =
        new EvaluatedScene()
            .object(1, 1, new CocoBox(100, 100, 50, 50))
            .found(1, 1, box, 0.9)
            .found(1, 1, new CocoBox(100, 100, 50, 50), 0.5);
    assertThat(scene.boxes().metrics().apMedium())
        .as("the unmatched detection is medium, too")
        .isCloseTo(0.5, within(ROUNDING));
  }

  @Test
  void amongEqualScoresTheFirstInTheFileComesFirst() {
    EvaluatedScene rightFirst =
        new EvaluatedScene().object(1, 1, BOX).found(1, 1, BOX, 0.5).found(1, 1, ELSEWHERE, 0.5);
    EvaluatedScene wrongFirst =
        new EvaluatedScene().object(1, 1, BOX).found(1, 1, ELSEWHERE, 0.5).found(1, 1, BOX, 0.5);
    assertThat(rightFirst.boxes().metrics().ap()).isCloseTo(1, within(ROUNDING));
    assertThat(wrongFirst.boxes().metrics().ap()).isCloseTo(0.5, within(ROUNDING));
  }

  @Test
  void amongEqualScoresTheLowerImageComesFirst() {
    EvaluatedScene scene =
        new EvaluatedScene().object(1, 1, BOX).found(2, 1, ELSEWHERE, 0.0).found(1, 1, BOX, -0.0);
    assertThat(scene.boxes().metrics().ap()).isCloseTo(1, within(ROUNDING));
  }

  @Test
  void amongEqualOverlapsTheLaterObjectIsTaken() {
    EvaluatedScene scene =
        new EvaluatedScene()
            .object(1, 1, new CocoBox(0, 0, 10, 10))
            .object(1, 1, new CocoBox(10, 0, 10, 10))
            .found(1, 1, new CocoBox(0, 0, 20, 10), 0.9)
            .found(1, 1, new CocoBox(0, 0, 10, 10), 0.8);
    assertThat(scene.boxes().metrics().ap50())
        .as("both are found only if the first detection takes the second object")
        .isCloseTo(1, within(ROUNDING));
  }

  @Test
  void crowdAbsorbsAllDetectionsInIt() {
    EvaluatedScene scene =
        new EvaluatedScene()
            .object(1, 1, ELSEWHERE)
            .crowd(1, 1, new CocoBox(0, 0, 60, 60))
            .found(1, 1, new CocoBox(0, 0, 9, 9), 0.9)
            .found(1, 1, new CocoBox(20, 0, 9, 9), 0.8)
            .found(1, 1, new CocoBox(40, 40, 9, 9), 0.7)
            .found(1, 1, ELSEWHERE, 0.6);
    assertThat(scene.boxes().metrics().ap()).isCloseTo(1, within(ROUNDING));
  }

  @Test
  void objectThatCountsIsPreferredToABetterOneThatDoesNot() {
    EvaluatedScene scene =
        new EvaluatedScene().crowd(1, 1, BOX).object(1, 1, wide(12)).found(1, 1, BOX, 0.9);
    assertThat(scene.boxes().metrics().ap50()).isCloseTo(1, within(ROUNDING));
    assertThat(scene.boxes().metrics().ap75()).isCloseTo(0, within(ROUNDING));
  }

  @Test
  void categoryWithCrowdsOnlyIsLeftOutOfTheMean() {
    Evaluation found =
        new EvaluatedScene()
            .object(1, 1, BOX)
            .found(1, 1, BOX, 0.9)
            .crowd(1, 2, ELSEWHERE)
            .found(1, 2, ELSEWHERE, 0.9)
            .boxes();
    assertThat(found.metrics().ap()).isCloseTo(1, within(ROUNDING));
    assertThat(found.perCategory().get(1))
        .isEqualTo(
            new CategoryMetrics(
                EvaluatedScene.dataset(List.of()).categories().get(1), 0, -1, -1, -1));
  }

  @Test
  void objectOfIdZeroIsFoundUnlessTheReferencesMistakeIsRepeated() {
    EvaluatedScene scene =
        new EvaluatedScene().numberedFrom(0).object(1, 1, BOX).found(1, 1, BOX, 0.9);
    assertThat(scene.boxes().metrics().ap()).isCloseTo(1, within(ROUNDING));
    assertThat(
            scene
                .evaluated(EvaluationOptions.boxes().withCompatibility(Compatibility.PYCOCOTOOLS))
                .metrics()
                .ap())
        .isZero();
  }

  @Test
  void detectionsBeyondTheLimitOfAnImageAndCategoryDoNotCount() {
    EvaluatedScene scene =
        new EvaluatedScene().object(1, 1, BOX).object(1, 2, BOX).object(2, 1, BOX);
    for (int count = 0; count < 100; count++) {
      scene.found(1, 1, ELSEWHERE, 0.9);
    }
    scene.found(1, 1, BOX, 0.5).found(1, 2, BOX, 0.5).found(2, 1, BOX, 0.5);

    List<CategoryMetrics> found = scene.boxes().perCategory();
    assertThat(found.get(0).ar()).as("the 101st is cut").isCloseTo(0.5, within(ROUNDING));
    assertThat(found.get(1).ar()).as("another category").isCloseTo(1, within(ROUNDING));
    EvaluationOptions more = EvaluationOptions.boxes().withLimits(List.of(1, 101));
    assertThat(scene.evaluated(more).perCategory().get(0).ar()).isCloseTo(1, within(ROUNDING));
  }

  @Test
  void smallerLimitsCountTheBestDetectionsOfEachImage() {
    EvaluatedScene scene =
        new EvaluatedScene()
            .object(1, 1, BOX)
            .object(2, 1, BOX)
            .found(1, 1, BOX, 0.2)
            .found(2, 1, ELSEWHERE, 0.9)
            .found(2, 1, BOX, 0.8);
    CocoMetrics found = scene.boxes().metrics();
    assertThat(found.arFirst()).isCloseTo(0.5, within(ROUNDING));
    assertThat(found.arMiddle()).isCloseTo(1, within(ROUNDING));
  }

  @Test
  void pooledCategoriesMatchEachOther() {
    EvaluatedScene scene = new EvaluatedScene().object(1, 1, BOX).found(1, 2, BOX, 0.9);
    assertThat(scene.boxes().metrics().ap()).isZero();
    Evaluation pooled =
        scene.evaluated(EvaluationOptions.boxes().withCategories(Categories.POOLED));
    assertThat(pooled.metrics().ap()).isCloseTo(1, within(ROUNDING));
    assertThat(pooled.categories()).hasSize(1);
  }

  @Test
  void scoresOfTheCurveAreThoseThatReachTheRecall() {
    PrecisionRecall curve =
        new EvaluatedScene()
            .object(1, 1, BOX)
            .object(2, 1, BOX)
            .found(1, 1, BOX, 0.9)
            .found(3, 1, BOX, 0.7)
            .found(2, 1, BOX, 0.4)
            .boxes()
            .categories()
            .get(0)
            .curve(AreaRange.ALL, 2)
            .orElseThrow();
    assertThat(curve.scores(0)[50]).isEqualTo(0.9);
    assertThat(curve.scores(0)[51]).isEqualTo(0.4);
    assertThat(curve.precision(0)[50]).isCloseTo(1, within(ROUNDING));
    assertThat(curve.precision(0)[51]).isCloseTo(2 / 3.0, within(ROUNDING));
  }

  private static CocoDataset masks(double area) {
    Segmentation square =
        new Segmentation.Polygons(List.of(new double[] {0, 0, 50, 0, 50, 50, 0, 50}));
    return EvaluatedScene.dataset(
        List.of(
            new Annotation(1, 1, 1, new CocoBox(0, 0, 50, 50), area, false, Optional.of(square))));
  }

  private static RunLengths square(int x, int side) {
    return RunLengths.ofPolygons(
        List.of(new double[] {x, 0, x + side, 0, x + side, side, x, side}), 200, 200);
  }

  @Test
  void maskHasItsOwnAreaUnlessTheReferencesMistakeIsRepeated() {
    Detection hit = Detection.ofMask(1, 1, 0.5, square(0, 50));
    Detection miss =
        new Detection(1, 1, new CocoBox(120, 0, 60, 60), 3600, 0.9, Optional.of(square(120, 20)));
    List<Detection> detections = List.of(miss, hit);
    CocoDataset dataset = masks(2500);

    assertThat(
            CocoEvaluator.evaluate(dataset, detections, EvaluationOptions.masks())
                .metrics()
                .apMedium())
        .as("the small miss does not count among medium objects")
        .isCloseTo(1, within(ROUNDING));
    assertThat(
            CocoEvaluator.evaluate(
                    dataset,
                    detections,
                    EvaluationOptions.masks().withCompatibility(Compatibility.PYCOCOTOOLS))
                .metrics()
                .apMedium())
        .isCloseTo(0.5, within(ROUNDING));
  }

  @Test
  void missingMasksAndStrangersAreNamed() {
    CocoDataset dataset = EvaluatedScene.dataset(List.of());
    Detection box = new Detection(1, 1, BOX, 200, 0.5, Optional.empty());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> masksOf(masks(2500), box))
        .withMessage("a detection in image 1 has no mask; evaluate boxes instead");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> masksOf(dataset, new Detection(9, 1, BOX, 1, 1, Optional.empty())))
        .withMessage("a detection is of image 9, which is not in the data set");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> masksOf(dataset, new Detection(1, 9, BOX, 1, 1, Optional.empty())))
        .withMessage("a detection is of category 9, which is not in the data set");
    Annotation plain = new Annotation(4, 1, 1, BOX, 200, false, Optional.empty());
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                masksOf(
                    EvaluatedScene.dataset(List.of(plain)),
                    Detection.ofMask(1, 1, 0.5, square(0, 50))))
        .withMessage("annotation 4 has no segmentation; evaluate boxes instead");
  }

  @Test
  void masksOfDifferentSizesDoNotOverlap() {
    RunLengths whole = RunLengths.ofBitmap(new byte[] {1, 1, 1, 1}, 2, 2);

    assertThat(masksOf(masks(2500), Detection.ofMask(1, 1, 0.5, square(0, 50))).metrics().ap50())
        .isEqualTo(1, within(1e-12));
    assertThat(masksOf(masks(2500), Detection.ofMask(1, 1, 0.5, whole)).metrics().ar()).isZero();
  }

  private static Evaluation masksOf(CocoDataset dataset, Detection detection) {
    return CocoEvaluator.evaluate(dataset, List.of(detection), EvaluationOptions.masks());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"|at least one", "0,1|at least one", "1,1|ascending", "10,1|ascending"})
  void limitsMustAscend(String limits, String reason) {
    List<Integer> numbers =
        limits == null
            ? List.of()
            : java.util.Arrays.stream(limits.split(",", -1)).map(Integer::valueOf).toList();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EvaluationOptions.boxes().withLimits(numbers))
        .withMessageContaining(reason);
  }
}
