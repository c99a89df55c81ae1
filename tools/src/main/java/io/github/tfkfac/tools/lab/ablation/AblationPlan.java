package io.github.tfkfac.tools.lab.ablation;

import io.github.tfkfac.tools.detect.DetectionSettings;
import io.github.tfkfac.tools.error.Suggestions;
import io.github.tfkfac.tools.error.UserError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The runs of the step-size study on detectors (NKFAC, supplement, tables 3 and 4): both rules ×
 * detectors × seeds.
 *
 * @param detectors each with the options of its runs
 * @param seeds of each rule's runs
 */
public record AblationPlan(Map<String, Map<String, String>> detectors, List<Long> seeds) {

  /** Exact line search, the supplement's α*. */
  public static final String SEARCH = "line-search";

  /** 1/‖AB‖, the paper's own rule. */
  public static final String PAPER = "inverse-norm";

  /** The rules in the order of the tables. */
  public static final List<String> RULES = List.of(SEARCH, PAPER);

  private static final int SEEDS = 3;

  public AblationPlan {
    detectors = new LinkedHashMap<>(detectors);
    seeds = List.copyOf(seeds);
  }

  /**
   * One run.
   *
   * @param detector its name
   * @param rule its step rule
   * @param seed its seed
   * @param settings what decides it
   */
  public record Run(String detector, String rule, long seed, DetectionSettings settings) {

    /** Name of its folder. */
    public String folder() {
      return detector + "-" + rule + "-seed" + seed;
    }
  }

  /**
   * A preset.
   *
   * @param name {@code coco}: Faster and Mask R-CNN with ResNet-50 and ResNet-101, twelve epochs;
   *     {@code tiny}: a small Faster R-CNN on the given images, or shapes
   * @param seeds how many, 0 for three
   * @param given options that change the preset
   */
  public static AblationPlan of(String name, int seeds, Map<String, String> given) {
    Suggestions.require("preset", name, List.of("tiny", "coco"));
    if (seeds < 0) {
      throw new UserError("expected >= 1 seeds, found " + seeds);
    }
    List<Long> numbers = new ArrayList<>();
    for (long seed = 1; seed <= (seeds == 0 ? SEEDS : seeds); seed++) {
      numbers.add(seed);
    }
    Map<String, Map<String, String>> detectors = new LinkedHashMap<>();
    if (name.equals("tiny")) {
      detectors.put("small", tiny(given));
    } else {
      if (!given.containsKey("data") && !given.containsKey("annotations")) {
        throw new UserError("the preset coco needs COCO; name its folder with --data");
      }
      for (String masks : List.of("false", "true")) {
        for (String depth : List.of("50", "101")) {
          Map<String, String> options = new LinkedHashMap<>(given);
          options.put("detector", "resnet" + depth);
          options.put("masks", masks);
          options.putIfAbsent("batch", "2");
          options.putIfAbsent("accumulation", "1");
          detectors.put((masks.equals("true") ? "mask" : "faster") + "-r" + depth, options);
        }
      }
    }
    return new AblationPlan(detectors, numbers);
  }

  private static Map<String, String> tiny(Map<String, String> given) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("steps", "300");
    options.put("stat-period", "5");
    options.put("inverse-period", "20");
    options.put("eval-every", "0");
    options.put("checkpoint-every", "100");
    options.putAll(given);
    return options;
  }

  /** The runs, seed by seed so that an interrupted study has whole comparisons. */
  public List<Run> runs() {
    List<Run> runs = new ArrayList<>();
    for (long seed : seeds) {
      detectors.forEach(
          (detector, options) -> {
            for (String rule : RULES) {
              Map<String, String> all = new LinkedHashMap<>(options);
              all.put("optimizer", "nkfac");
              all.put("step-rule", rule);
              all.put("seed", Long.toString(seed));
              runs.add(new Run(detector, rule, seed, DetectionSettings.of(all)));
            }
          });
    }
    return runs;
  }
}
