package io.github.tfkfac.detection.evaluate;

import static io.github.tfkfac.detection.evaluate.AreaRange.ALL;
import static io.github.tfkfac.detection.evaluate.AreaRange.LARGE;
import static io.github.tfkfac.detection.evaluate.AreaRange.MEDIUM;
import static io.github.tfkfac.detection.evaluate.AreaRange.SMALL;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.DoubleStream;

/**
 * Result of an evaluation.
 *
 * @param options of the evaluation
 * @param categories in ascending order of their ids; a single one if they are pooled
 */
public record Evaluation(EvaluationOptions options, List<CategoryEvaluation> categories) {
  private static final int HALF = 0;
  private static final int THREE_QUARTERS = 5;

  public Evaluation {
    categories = List.copyOf(categories);
  }

  /** COCO's twelve numbers. */
  public CocoMetrics metrics() {
    int last = options.limits().size() - 1;
    return new CocoMetrics(
        mean(ALL, last, PrecisionRecall::precisions),
        mean(ALL, last, curve -> Arrays.stream(curve.precision(HALF))),
        mean(ALL, last, curve -> Arrays.stream(curve.precision(THREE_QUARTERS))),
        mean(SMALL, last, PrecisionRecall::precisions),
        mean(MEDIUM, last, PrecisionRecall::precisions),
        mean(LARGE, last, PrecisionRecall::precisions),
        mean(ALL, 0, PrecisionRecall::recalls),
        mean(ALL, Math.min(1, last), PrecisionRecall::recalls),
        mean(ALL, last, PrecisionRecall::recalls),
        mean(SMALL, last, PrecisionRecall::recalls),
        mean(MEDIUM, last, PrecisionRecall::recalls),
        mean(LARGE, last, PrecisionRecall::recalls));
  }

  /** Numbers of each category. */
  public List<CategoryMetrics> perCategory() {
    return categories.stream().map(this::metrics).toList();
  }

  private CategoryMetrics metrics(CategoryEvaluation category) {
    Optional<PrecisionRecall> curve = category.curve(ALL, options.limits().size() - 1);
    return new CategoryMetrics(
        category.category(),
        curve.map(PrecisionRecall::objects).orElse(0),
        mean(curve.stream().flatMapToDouble(PrecisionRecall::precisions)),
        mean(curve.stream().flatMapToDouble(one -> Arrays.stream(one.precision(HALF)))),
        mean(curve.stream().flatMapToDouble(PrecisionRecall::recalls)));
  }

  private double mean(AreaRange range, int limit, Function<PrecisionRecall, DoubleStream> values) {
    return mean(
        categories.stream()
            .flatMap(category -> category.curve(range, limit).stream())
            .flatMapToDouble(values));
  }

  private static double mean(DoubleStream values) {
    return values.average().orElse(-1);
  }
}
