package io.github.tfkfac.testing;

import io.github.tfkfac.AdaBelief;
import io.github.tfkfac.AdamW;
import io.github.tfkfac.AdamW.Decay;
import io.github.tfkfac.AdamW.SecondMoment;
import io.github.tfkfac.Momentum;
import io.github.tfkfac.RAdam;
import io.github.tfkfac.Schedule;
import io.github.tfkfac.extension.UpdateRule;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;

/**
 * An update rule and the same rule in plain Java, written from the papers' formulas.
 *
 * @param rule the rule under test
 * @param plain what it has to do
 */
public record RuleCase(UpdateRule rule, Plain plain) {

  /** One step of a rule in plain Java; changes weight and slots in place. */
  public interface Plain {
    /**
     * A step.
     *
     * @param t number of the update, from 1
     */
    void step(
        double[] weight, double[] direction, double[][] slots, int t, double rate, double decay);
  }

  /** Every rule of the library, with its usual constants and with others. */
  public static Stream<RuleCase> all() {
    return Stream.concat(
        usual(),
        Stream.of(
            new RuleCase(new Momentum(0), momentum(t -> 0)),
            new RuleCase(
                new Momentum(Schedule.cosine(0.5, 0.95, 30), Momentum.Form.NESTEROV),
                nesterov(
                    t ->
                        0.95
                            + (0.5 - 0.95)
                                * (1 + Math.cos(Math.PI * Math.min(1, (t - 1) / 30.0)))
                                / 2)),
            adamW(new AdamW(0.8, 0.95, 1e-3, Decay.BIAS_CORRECTED_STEP, SecondMoment.CURRENT)),
            adamW(
                new AdamW(0.8, 0.95, 1e-3, Decay.BIAS_CORRECTED_STEP, SecondMoment.LARGEST_SO_FAR)),
            rAdam(new RAdam(0.8, 0.9, 1e-3)),
            rAdam(new RAdam(0.8, 0.5, 1e-3)),
            adaBelief(new AdaBelief(0.8, 0.95, 1e-3))));
  }

  /** Every rule of the library, with every set of slots and with a schedule. */
  public static Stream<RuleCase> usual() {
    return Stream.of(
        new RuleCase(new Momentum(0.9), momentum(t -> 0.9)),
        new RuleCase(
            new Momentum(Schedule.stepDecay(0.9, 0.8, 7)),
            momentum(t -> 0.9 * Math.pow(0.8, Math.floor((t - 1) / 7.0)))),
        new RuleCase(Momentum.nesterov(0.9), nesterov(t -> 0.9)),
        adamW(AdamW.standard()),
        adamW(new AdamW(0.8, 0.95, 1e-3, Decay.LEARNING_RATE, SecondMoment.LARGEST_SO_FAR)),
        rAdam(RAdam.standard()),
        adaBelief(AdaBelief.standard()));
  }

  /** Sun et al. 2023, Algorithm 2. */
  private static Plain momentum(IntToDoubleFunction mu) {
    return (w, v, slots, t, rate, decay) -> {
      for (int i = 0; i < w.length; i++) {
        double d = v[i] + decay * w[i];
        slots[0][i] = t == 1 ? d : mu.applyAsDouble(t) * slots[0][i] + d;
        w[i] -= rate * slots[0][i];
      }
    };
  }

  private static Plain nesterov(IntToDoubleFunction mu) {
    return (w, v, slots, t, rate, decay) -> {
      for (int i = 0; i < w.length; i++) {
        double d = v[i] + decay * w[i];
        slots[0][i] = mu.applyAsDouble(t) * slots[0][i] + d;
        w[i] -= rate * (d + mu.applyAsDouble(t) * slots[0][i]);
      }
    };
  }

  /** Loshchilov and Hutter 2019, Algorithm 2; Reddi et al. 2018, Algorithm 2. */
  private static RuleCase adamW(AdamW rule) {
    return new RuleCase(
        rule,
        (w, g, slots, t, rate, decay) -> {
          double first = 1 - Math.pow(rule.beta1(), t);
          double second = 1 - Math.pow(rule.beta2(), t);
          for (int i = 0; i < w.length; i++) {
            slots[0][i] = rule.beta1() * slots[0][i] + (1 - rule.beta1()) * g[i];
            slots[1][i] = rule.beta2() * slots[1][i] + (1 - rule.beta2()) * g[i] * g[i];
            double square = slots[1][i];
            if (rule.secondMoment() == SecondMoment.LARGEST_SO_FAR) {
              slots[2][i] = Math.max(slots[2][i], square);
              square = slots[2][i];
            }
            double decayRate = rule.decay() == Decay.LEARNING_RATE ? rate : rate / first;
            double old = w[i];
            w[i] -= rate * (slots[0][i] / first) / (Math.sqrt(square / second) + rule.epsilon());
            w[i] -= decayRate * decay * old;
          }
        });
  }

  /** Liu et al. 2020, Algorithm 2, with the line at 5 and a decay that precedes the step. */
  private static RuleCase rAdam(RAdam rule) {
    return new RuleCase(
        rule,
        (w, g, slots, t, rate, decay) -> {
          double power = Math.pow(rule.beta2(), t);
          double limit = 2 / (1 - rule.beta2()) - 1;
          double length = limit - 2 * t * power / (1 - power);
          for (int i = 0; i < w.length; i++) {
            slots[0][i] = rule.beta1() * slots[0][i] + (1 - rule.beta1()) * g[i];
            slots[1][i] = rule.beta2() * slots[1][i] + (1 - rule.beta2()) * g[i] * g[i];
            double corrected = slots[0][i] / (1 - Math.pow(rule.beta1(), t));
            w[i] *= 1 - rate * decay;
            if (length > 5) {
              double rectified =
                  Math.sqrt(
                      (length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length));
              double adaptive = Math.sqrt(1 - power) / (Math.sqrt(slots[1][i]) + rule.epsilon());
              w[i] -= rate * rectified * corrected * adaptive;
            } else {
              w[i] -= rate * corrected;
            }
          }
        });
  }

  /** Zhuang et al. 2020, Algorithm 2, with a decay that precedes the step. */
  private static RuleCase adaBelief(AdaBelief rule) {
    return new RuleCase(
        rule,
        (w, g, slots, t, rate, decay) -> {
          for (int i = 0; i < w.length; i++) {
            slots[0][i] = rule.beta1() * slots[0][i] + (1 - rule.beta1()) * g[i];
            double difference = g[i] - slots[0][i];
            slots[1][i] =
                rule.beta2() * slots[1][i]
                    + (1 - rule.beta2()) * difference * difference
                    + rule.epsilon();
            double moment = slots[0][i] / (1 - Math.pow(rule.beta1(), t));
            double belief = slots[1][i] / (1 - Math.pow(rule.beta2(), t));
            w[i] *= 1 - rate * decay;
            w[i] -= rate * moment / (Math.sqrt(belief) + rule.epsilon());
          }
        });
  }

  @Override
  public String toString() {
    return rule.toString();
  }
}
