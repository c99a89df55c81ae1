package io.github.tfkfac.tools.render;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Mean loss and accuracy of every epoch, with their curves over the last ones. */
public final class EpochTrend {
  private static final int SHOWN = 16;

  private final List<Double> losses = new ArrayList<>();
  private final List<Double> accuracies = new ArrayList<>();
  private double loss;
  private double accuracy;
  private long steps;

  /**
   * A step of the current epoch.
   *
   * @param loss of the step's images
   * @param accuracy a part of one; NaN if nothing is classified
   */
  public void add(double loss, double accuracy) {
    this.loss += loss;
    this.accuracy += accuracy;
    steps++;
  }

  /** Whether the current epoch has a step. */
  public boolean isOpen() {
    return steps > 0;
  }

  /** Ends the current epoch and tells of it. */
  public String end() {
    append(losses, loss / steps);
    append(accuracies, accuracy / steps);
    String text =
        String.format(Locale.ROOT, "loss %.4f", loss / steps)
            + curve(losses)
            + (Double.isNaN(accuracy)
                ? ""
                : ", accuracy " + Quantities.accuracy(accuracy / steps) + curve(accuracies));
    loss = 0;
    accuracy = 0;
    steps = 0;
    return text;
  }

  private static void append(List<Double> values, double value) {
    values.add(value);
    if (values.size() > SHOWN) {
      values.remove(0);
    }
  }

  private static String curve(List<Double> values) {
    return values.size() > 1 ? " " + Sparkline.of(values) : "";
  }
}
