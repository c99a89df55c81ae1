package io.github.tfkfac.tools.detect;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Default hyper-parameters of optimizers on detectors.
 *
 * <p>The published recipes train by SGD with a rate of 0.02 for 16 images and a decay of 1e-4. For
 * NKFAC nothing is published; on the classification tasks its rate is half of SGD's and its decay
 * twice as much, which is assumed here as well. The small detector's images are so small that whole
 * factors of its widest convolutions (order 4,608) would take most of a step: they become blocks.
 */
final class DetectorRates {

  private DetectorRates() {}

  /** Options by name. */
  static Map<String, String> of(String optimizer, boolean small) {
    Map<String, String> options = new LinkedHashMap<>();
    boolean first = optimizer.equals("sgdm") || optimizer.equals("nesterov");
    if (first) {
      options.put("lr", "0.02");
      options.put("weight-decay", "1e-4");
    } else if (optimizer.equals("nkfac") || optimizer.endsWith("-star")) {
      options.put("lr", "0.01");
      options.put("weight-decay", "2e-4");
      if (optimizer.equals("nkfac") && small) {
        options.put("stat-period", "10");
        options.put("inverse-period", "50");
        options.put("max-factor", "1152");
      }
    }
    if (small) {
      options.put("clip-norm", "10");
    }
    return options;
  }
}
