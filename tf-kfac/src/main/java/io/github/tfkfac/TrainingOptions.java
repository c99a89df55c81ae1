package io.github.tfkfac;

import io.github.tfkfac.extension.UpdateRules;

/**
 * Options that every optimizer of this library has in common.
 *
 * @param learningRate the learning rate as a function of the step
 * @param rule parameter update rule, perhaps another one for each variable: moves it along its
 *     direction
 * @param groups weight decay and learning rate factor of each variable
 * @param clipping bound of the gradients
 * @param accumulation micro-batches per training step, at least 1
 * @param variables which variables may be trained
 */
public record TrainingOptions(
    Schedule learningRate,
    UpdateRules rule,
    ParameterGroups groups,
    GradientClipping clipping,
    int accumulation,
    VariableFilter variables) {

  public TrainingOptions {
    if (learningRate instanceof Constant constant && !(constant.value() > 0)) {
      throw new IllegalArgumentException("expected a learning rate > 0, found " + constant.value());
    }
    if (accumulation < 1) {
      throw new IllegalArgumentException(
          "expected >= 1 micro-batches per step, found " + accumulation);
    }
  }

  /**
   * SGD with momentum 0.9.
   *
   * <p>Sun et al. 2023 (NKFAC) compare with learning rate 0.1 and weight decay 5e-4 on CIFAR, 1e-4
   * on ImageNet.
   */
  public static TrainingOptions sgdm(double learningRate, double weightDecay) {
    return of(learningRate, new Momentum(0.9), weightDecay);
  }

  /** SGD with Nesterov's momentum 0.9; learning rate and weight decay as for {@link #sgdm}. */
  public static TrainingOptions nesterov(double learningRate, double weightDecay) {
    return of(learningRate, Momentum.nesterov(0.9), weightDecay);
  }

  /**
   * AdamW with its usual constants.
   *
   * <p>Sun et al. 2023 (NKFAC) compare with learning rate 1e-3 and weight decay 0.5 on CIFAR, 0.1
   * on ImageNet.
   */
  public static TrainingOptions adamW(double learningRate, double weightDecay) {
    return of(learningRate, AdamW.standard(), weightDecay);
  }

  /**
   * Rectified Adam with its usual constants and decoupled weight decay.
   *
   * <p>Sun et al. 2023 (NKFAC) compare with learning rate 1e-3 and weight decay 0.5 on CIFAR, 0.1
   * on ImageNet.
   */
  public static TrainingOptions rAdam(double learningRate, double weightDecay) {
    return of(learningRate, RAdam.standard(), weightDecay);
  }

  /**
   * AdaBelief with its constants for images and decoupled weight decay.
   *
   * <p>Sun et al. 2023 (NKFAC) compare with learning rate 1e-3 and weight decay 0.5 on CIFAR and
   * ImageNet.
   */
  public static TrainingOptions adaBelief(double learningRate, double weightDecay) {
    return of(learningRate, AdaBelief.standard(), weightDecay);
  }

  /**
   * Muon on matrices and kernels, with steps as long as AdamW's, and AdamW on all else; see {@link
   * Muon#standard}.
   *
   * <p>Liu et al. 2025 use learning rates of AdamW and weight decay 0.1.
   */
  public static TrainingOptions muon(double learningRate, double weightDecay) {
    return of(learningRate, Muon.standard(), weightDecay);
  }

  /**
   * Shampoo with steps as long as Adam's; see {@link Shampoo#standard}. The learning rate is one
   * for Adam.
   */
  public static TrainingOptions shampoo(double learningRate, double weightDecay) {
    return of(learningRate, Shampoo.standard(), weightDecay);
  }

  /**
   * SOAP with its authors' constants; see {@link Soap#standard}.
   *
   * <p>Vyas et al. 2024 use learning rate 3e-3; their code's default for the weight decay is 0.01.
   */
  public static TrainingOptions soap(double learningRate, double weightDecay) {
    return of(learningRate, Soap.standard(), weightDecay);
  }

  static TrainingOptions of(double learningRate, UpdateRules rule, double weightDecay) {
    return new TrainingOptions(
        Schedule.constant(learningRate),
        rule,
        ParameterGroups.uniform(weightDecay),
        GradientClipping.none(),
        1,
        VariableFilter.allButMovingStatistics());
  }

  /** The same with another constant learning rate. */
  public TrainingOptions withLearningRate(double value) {
    return withLearningRate(Schedule.constant(value));
  }

  /** The same with another learning rate schedule. */
  public TrainingOptions withLearningRate(Schedule schedule) {
    return new TrainingOptions(schedule, rule, groups, clipping, accumulation, variables);
  }

  /** The same with another update rule, or one for each variable. */
  public TrainingOptions withRule(UpdateRules other) {
    return new TrainingOptions(learningRate, other, groups, clipping, accumulation, variables);
  }

  /** The same with another weight decay; see {@link ParameterGroups#withWeightDecay}. */
  public TrainingOptions withWeightDecay(double value) {
    return withGroups(groups.withWeightDecay(value));
  }

  /** The same with another weight decay schedule; see {@link ParameterGroups#withWeightDecay}. */
  public TrainingOptions withWeightDecay(Schedule schedule) {
    return withGroups(groups.withWeightDecay(schedule));
  }

  /** The same with other parameter groups. */
  public TrainingOptions withGroups(ParameterGroups other) {
    return new TrainingOptions(learningRate, rule, other, clipping, accumulation, variables);
  }

  /** The same with gradient clipping. */
  public TrainingOptions withClipping(GradientClipping other) {
    return new TrainingOptions(learningRate, rule, groups, other, accumulation, variables);
  }

  /** The same with another number of micro-batches per step. */
  public TrainingOptions withAccumulation(int microBatches) {
    return new TrainingOptions(learningRate, rule, groups, clipping, microBatches, variables);
  }

  /** The same with another choice of variables. */
  public TrainingOptions withVariables(VariableFilter other) {
    return new TrainingOptions(learningRate, rule, groups, clipping, accumulation, other);
  }
}
