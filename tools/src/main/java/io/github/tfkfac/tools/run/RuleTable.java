package io.github.tfkfac.tools.run;

import io.github.tfkfac.Muon;
import io.github.tfkfac.RefreshPolicy;
import io.github.tfkfac.Shampoo;
import io.github.tfkfac.Soap;
import io.github.tfkfac.extension.UpdateRules;
import io.github.tfkfac.tools.setting.Form;
import io.github.tfkfac.tools.setting.Setting;
import io.github.tfkfac.tools.setting.Settings;
import java.util.List;
import java.util.Map;

/** The settings of Muon, Shampoo and SOAP. */
final class RuleTable {

  private static final Setting<Long> RENEWAL_PERIOD =
      Setting.whole(
              "renewal-period",
              "N",
              "Updates between two renewals of Shampoo's roots or SOAP's bases.")
          .defaultsTo(10L)
          .check(period -> period > 0, ">= 1 update between two renewals")
          .usedIf(known -> rule(known) instanceof Shampoo || rule(known) instanceof Soap);

  private static final Setting<Shampoo.Grafting> GRAFTING =
      new Setting<>(
              "grafting",
              "NAME",
              Form.oneOf(
                  "grafting",
                  Form.ordered(
                      Map.entry("adam", Shampoo.Grafting.ADAM),
                      Map.entry("sgd", Shampoo.Grafting.SGD),
                      Map.entry("none", Shampoo.Grafting.NONE))),
              "Step whose length Shampoo's have: adam, sgd, or none for its own.")
          .defaultsTo(Shampoo.Grafting.ADAM)
          .usedIf(known -> rule(known) instanceof Shampoo);

  private static final Setting<Shampoo.Exponent> EXPONENT =
      new Setting<>(
              "exponent",
              "NAME",
              Form.oneOf(
                  "exponent",
                  Form.ordered(
                      Map.entry("half-share", Shampoo.Exponent.HALF_SHARE),
                      Map.entry("share", Shampoo.Exponent.SHARE))),
              "Exponent of Shampoo's roots: half-share, -1/4 for a matrix, or share, -1/2.")
          .defaultsTo(Shampoo.Exponent.HALF_SHARE)
          .usedIf(known -> rule(known) instanceof Shampoo);

  private static final Setting<Muon.Length> MUON_LENGTH =
      new Setting<>(
              "muon-length",
              "NAME",
              Form.oneOf(
                  "length of Muon's steps",
                  Form.ordered(
                      Map.entry("adamw-rms", Muon.Length.ADAMW_RMS),
                      Map.entry("jordan", Muon.Length.JORDAN),
                      Map.entry("one", Muon.Length.ONE))),
              "Length of Muon's steps: adamw-rms, 0.2 root of the longer side; jordan, root of outputs"
                  + " per input, at least 1; or one.")
          .defaultsTo(Muon.Length.ADAMW_RMS)
          .usedIf(known -> rule(known) instanceof Muon);

  private static final Setting<Muon.Iteration> MUON_PRECISION =
      new Setting<>(
              "muon-precision",
              "NAME",
              Form.oneOf(
                  "precision of Muon's iterations",
                  Form.ordered(
                      Map.entry("full", Muon.Iteration.FULL),
                      Map.entry("bfloat16", Muon.Iteration.BFLOAT16))),
              "Precision of Muon's iterations: full or bfloat16.")
          .defaultsTo(Muon.Iteration.FULL)
          .usedIf(known -> rule(known) instanceof Muon);

  static final List<Setting<?>> SETTINGS =
      List.of(RENEWAL_PERIOD, GRAFTING, EXPONENT, MUON_LENGTH, MUON_PRECISION);

  private RuleTable() {}

  private static UpdateRules rule(Settings known) {
    return OptimizerSettings.preset(known).training().rule();
  }

  /** The rules with the settings that they use. */
  static UpdateRules edited(UpdateRules rules, Settings all) {
    if (rules instanceof Muon muon) {
      return muon.withLength(all.get(MUON_LENGTH)).withIteration(all.get(MUON_PRECISION));
    }
    if (rules instanceof Shampoo shampoo) {
      return shampoo
          .withRefreshes(RefreshPolicy.exactEvery(all.get(RENEWAL_PERIOD)))
          .withGrafting(all.get(GRAFTING))
          .withExponent(all.get(EXPONENT));
    }
    return rules instanceof Soap soap
        ? soap.withRefreshes(RefreshPolicy.exactEvery(all.get(RENEWAL_PERIOD)))
        : rules;
  }
}
