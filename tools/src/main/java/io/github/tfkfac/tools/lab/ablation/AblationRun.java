package io.github.tfkfac.tools.lab.ablation;

import io.github.tfkfac.tools.record.RunRecord;
import java.util.Map;

/**
 * A finished run of the study.
 *
 * @param run what was planned
 * @param record of the run, with its result
 */
public record AblationRun(AblationPlan.Run run, RunRecord record) {

  /** Whether its numbers were no longer finite, so that it has none of the others. */
  boolean diverged() {
    return record.result().containsKey("diverged");
  }

  /** One of COCO's numbers; NaN where there is none. */
  double number(String overlap, String name) {
    double number = nested(overlap, name);
    return number < 0 ? Double.NaN : number;
  }

  /** Newton refreshes of each factor. */
  double refreshes() {
    return nested("health", "iterativeRefreshes");
  }

  /** Part of the Newton refreshes, all factors counted, in which the two rules differ. */
  double firingRate() {
    double steps = nested("health", "newtonSteps");
    return steps > 0 ? 1 - nested("health", "fullNewtonSteps") / steps : Double.NaN;
  }

  /** Seconds of the run. */
  double seconds() {
    return record.result().get("wall_seconds") instanceof Number number
        ? number.doubleValue()
        : Double.NaN;
  }

  private double nested(String part, String name) {
    return record.result().get(part) instanceof Map<?, ?> values
            && values.get(name) instanceof Number number
        ? number.doubleValue()
        : Double.NaN;
  }
}
