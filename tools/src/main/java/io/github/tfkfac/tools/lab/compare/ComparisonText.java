package io.github.tfkfac.tools.lab.compare;

import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.tools.statistics.MeanInterval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Statements that a comparison's numbers support, and the limits of what they support. */
public final class ComparisonText {

  private ComparisonText() {}

  /** The accuracies of the arms in words. */
  public static List<String> of(ComparisonResult result) {
    List<String> lines = new ArrayList<>();
    int fewest = result.arms().stream().mapToInt(arm -> arm.complete().size()).min().orElse(0);
    int most = result.arms().stream().mapToInt(arm -> arm.complete().size()).max().orElse(0);
    lines.add(
        most == 1
            ? "Each arm was trained once, so that nothing is known of the spread over seeds."
            : (fewest == most
                    ? "Each arm was trained " + most + " times"
                    : "The arms were trained " + fewest + " to " + most + " times")
                + ", each time from another seed; an interval is the mean ± the half-width of the"
                + " two-sided 95 % Student-t interval over the seeds. It covers the initial values,"
                + " the order of the images and their augmentation, not the choice of"
                + " hyper-parameters, network or data.");
    lines.add("Differences inside the intervals are not differences. " + ranking(result));
    lines.add(samplingError(result));
    lines.add(
        "The best accuracy of a run is chosen on the test images and therefore flatters; the test"
            + " accuracy that counts is the one after the last step.");
    lines.add(
        "Times were measured on this one machine and depend on what else it does. The median step"
            + " leaves out the rare costly steps (statistics, refreshes), the mean contains them;"
            + " the first step, in which TensorFlow prepares the graph, is left out of both."
            + " Seconds of training are sums of step times without evaluations and checkpoints.");
    for (FinishedRun run : result.runs()) {
      run.divergence()
          .ifPresent(
              why -> lines.add(run.arm() + " with seed " + run.seed() + " diverged: " + why + "."));
    }
    if (!result.unfinished().isEmpty()) {
      lines.add(
          "Not finished, and not in this report: " + String.join(", ", result.unfinished()) + ".");
    }
    return lines;
  }

  private static String samplingError(ComparisonResult result) {
    long images =
        result.runs().stream()
            .filter(run -> run.divergence().isEmpty())
            .mapToLong(FinishedRun::testImages)
            .min()
            .orElse(0);
    double error = 100 * Math.sqrt(0.25 / Math.max(1, images));
    return String.format(
        Locale.ROOT,
        "Accuracies are of %s: another sample of this many images would move any one of"
            + " them by a standard error of up to %.2f percentage points, all arms alike.",
        Counts.of(images, "test image"),
        error);
  }

  private static String ranking(ComparisonResult result) {
    Optional<ArmResult> best =
        result.arms().stream()
            .filter(arm -> arm.accuracy().isPresent())
            .max(Comparator.comparingDouble(arm -> mean(arm)));
    if (best.isEmpty() || result.arms().size() < 2) {
      return "";
    }
    if (result.arms().stream().anyMatch(arm -> arm.complete().size() < 2)) {
      return "An arm with a single run has no interval, so nothing can be said about its"
          + " differences.";
    }
    List<String> near = new ArrayList<>();
    for (ArmResult arm : result.arms()) {
      if (!arm.equals(best.get()) && overlap(arm, best.get())) {
        near.add(arm.label());
      }
    }
    String first = "The highest mean test accuracy is that of " + best.get().label() + "; ";
    return first
        + (near.isEmpty()
            ? "its interval overlaps with no other."
            : "its interval overlaps with "
                + (near.size() == 1 ? "that" : "those")
                + " of "
                + String.join(", ", near)
                + ", so that these are not told apart by these runs.");
  }

  private static boolean overlap(ArmResult one, ArmResult other) {
    return Math.abs(mean(one) - mean(other)) <= halfWidth(one) + halfWidth(other);
  }

  private static double mean(ArmResult arm) {
    return arm.accuracy().map(MeanInterval::mean).orElse(Double.NaN);
  }

  private static double halfWidth(ArmResult arm) {
    return arm.accuracy().map(MeanInterval::halfWidth).orElse(Double.NaN);
  }
}
