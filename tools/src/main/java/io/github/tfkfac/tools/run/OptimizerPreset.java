package io.github.tfkfac.tools.run;

import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.Momentum;
import io.github.tfkfac.Muon;
import io.github.tfkfac.Schedule;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.tools.error.Suggestions;
import java.util.List;
import java.util.Optional;

/**
 * A named optimizer as it starts out: one of the library's presets, with learning rate and weight
 * decay for CIFAR.
 *
 * <p>Learning rate and weight decay are those of Sun et al. 2023 (NKFAC), supplement, table 1. What
 * is not in that table has the values of its next relative there: {@code nesterov} those of SGDM;
 * {@code kfac-star} and {@code skfac-star} those of NKFAC, whose statistics, damping and norm
 * recovery they share; {@code kfac-tikhonov}, {@code ekfac} and {@code two-level} those of KFAC, so
 * that the members of that family differ in their algorithm alone. {@code adankfac} has the
 * library's. {@code muon}, {@code shampoo} and {@code soap} take steps as long as AdamW's: SOAP's
 * rate and decay are its authors', the other two have rates near it and the decay of Liu et al.
 * 2025; for fine-tuning all have AdamW's rate. The KFAC family keeps damping, KL clip and periods
 * of the library's presets (Tselepidis et al. 2022, two-level K-FAC).
 *
 * @param name what the user calls it
 * @param learningRate peak learning rate
 * @param weightDecay weight decay
 * @param fineTuningRate peak learning rate for a network that was trained before; with it one
 *     epoch, all else at its default, left none of two small Keras networks for CIFAR-10 (10,000
 *     training images) and MNIST (12,800) with a lower accuracy on 10,000 test images than before
 * @param training what it shares with every optimizer
 * @param kfac all options of a second-order optimizer
 */
record OptimizerPreset(
    String name,
    double learningRate,
    double weightDecay,
    double fineTuningRate,
    TrainingOptions training,
    Optional<KfacOptions> kfac) {

  private static final double NEW_HEAD = 10;
  private static final double MOMENTUM = 0.9;

  private static final List<OptimizerPreset> ALL =
      List.of(
          of("nkfac", 0.05, 1e-3, 5e-4, KfacOptions.nkfac()),
          of("adankfac", 1e-3, 0, 1e-5, KfacOptions.adaNkfac()),
          of("kfac", 5e-4, 0.1, 1e-5, KfacOptions.kfac()),
          of("kfac-tikhonov", 5e-4, 0.1, 1e-5, KfacOptions.kfacTikhonov()),
          of("kfac-star", 0.05, 1e-3, 5e-4, KfacOptions.kfacStar()),
          of("skfac", 5e-4, 0.1, 1e-5, KfacOptions.skfac()),
          of("skfac-star", 0.05, 1e-3, 5e-4, KfacOptions.skfacStar()),
          of("ekfac", 5e-4, 0.1, 1e-5, KfacOptions.ekfac()),
          of("two-level", 5e-4, 0.1, 1e-5, KfacOptions.twoLevel()),
          of("sgdm", 0.1, 5e-4, 3e-4, TrainingOptions.sgdm(0.1, 5e-4)),
          of("nesterov", 0.1, 5e-4, 3e-4, TrainingOptions.nesterov(0.1, 5e-4)),
          of("adamw", 1e-3, 0.5, 1e-5, TrainingOptions.adamW(1e-3, 0.5)),
          of("radam", 1e-3, 0.5, 1e-5, TrainingOptions.rAdam(1e-3, 0.5)),
          of("adabelief", 1e-3, 0.5, 1e-5, TrainingOptions.adaBelief(1e-3, 0.5)),
          of("muon", 2e-3, 0.1, 1e-5, TrainingOptions.muon(2e-3, 0.1)),
          of("shampoo", 3e-3, 0.1, 1e-5, TrainingOptions.shampoo(3e-3, 0.1)),
          of("soap", 3e-3, 0.01, 1e-5, TrainingOptions.soap(3e-3, 0.01)));

  private static final List<String> NAMES = ALL.stream().map(OptimizerPreset::name).toList();

  private static OptimizerPreset of(
      String name,
      double learningRate,
      double weightDecay,
      double fineTuningRate,
      KfacOptions options) {
    return new OptimizerPreset(
        name, learningRate, weightDecay, fineTuningRate, options.training(), Optional.of(options));
  }

  private static OptimizerPreset of(
      String name,
      double learningRate,
      double weightDecay,
      double fineTuningRate,
      TrainingOptions options) {
    return new OptimizerPreset(
        name, learningRate, weightDecay, fineTuningRate, options, Optional.empty());
  }

  /** All names. */
  static List<String> names() {
    return NAMES;
  }

  /** The preset of a name. */
  static OptimizerPreset named(String name) {
    Suggestions.require("optimizer", name, NAMES);
    return ALL.get(NAMES.indexOf(name));
  }

  /**
   * Peak learning rate for a network that was trained before; ten times as large with a new head,
   * which begins with random values.
   */
  double fineTuningRate(boolean newHead) {
    return newHead ? NEW_HEAD * fineTuningRate : fineTuningRate;
  }

  /** Whether its update rule takes a momentum. */
  boolean hasMomentum() {
    return training.rule() instanceof Momentum || training.rule() instanceof Muon;
  }

  /** The momentum that it starts out with. */
  double momentum() {
    return training.rule() instanceof Muon muon ? muon.momentum() : MOMENTUM;
  }

  /** Options that it shares with every optimizer, with another momentum if it has one. */
  TrainingOptions withMomentum(double momentum) {
    if (training.rule() instanceof Muon muon) {
      return training.withRule(muon.withMomentum(momentum));
    }
    return training.rule() instanceof Momentum rule
        ? training.withRule(new Momentum(Schedule.constant(momentum), rule.form()))
        : training;
  }
}
