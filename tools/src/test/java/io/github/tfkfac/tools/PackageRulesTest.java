package io.github.tfkfac.tools;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class PackageRulesTest {
  private static final String ROOT = "io.github.tfkfac.tools";

  @Test
  void packagesUseOnlyWhatTheirDescriptionsAllow() {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("program")
        .definedBy(ROOT)
        .layer("command")
        .definedBy(ROOT + ".command")
        .layer("option")
        .definedBy(ROOT + ".option")
        .layer("compare")
        .definedBy(ROOT + ".compare")
        .layer("experiment")
        .definedBy(ROOT + ".experiment..")
        .layer("run")
        .definedBy(ROOT + ".run")
        .layer("inspect")
        .definedBy(ROOT + ".inspect")
        .layer("bench")
        .definedBy(ROOT + ".bench")
        .layer("record")
        .definedBy(ROOT + ".record")
        .layer("render")
        .definedBy(ROOT + ".render")
        .layer("check")
        .definedBy(ROOT + ".check")
        .layer("cli")
        .definedBy(ROOT + ".cli")
        .layer("statistics")
        .definedBy(ROOT + ".statistics")
        .layer("error")
        .definedBy(ROOT + ".error")
        .whereLayer("program")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("command")
        .mayOnlyBeAccessedByLayers("program")
        .whereLayer("option")
        .mayOnlyBeAccessedByLayers("command")
        .whereLayer("experiment")
        .mayOnlyBeAccessedByLayers("command")
        .whereLayer("compare")
        .mayOnlyBeAccessedByLayers("command", "experiment")
        .whereLayer("run")
        .mayOnlyBeAccessedByLayers("command", "compare", "experiment", "option")
        .whereLayer("inspect")
        .mayOnlyBeAccessedByLayers("command")
        .whereLayer("bench")
        .mayOnlyBeAccessedByLayers("command")
        .whereLayer("record")
        .mayOnlyBeAccessedByLayers("program", "command", "compare", "experiment", "option", "run")
        .whereLayer("render")
        .mayOnlyBeAccessedByLayers("command", "compare", "experiment", "record", "run")
        .whereLayer("check")
        .mayOnlyBeAccessedByLayers("command", "compare", "record")
        .whereLayer("cli")
        .mayOnlyBeAccessedByLayers("program", "command", "render")
        .whereLayer("statistics")
        .mayOnlyBeAccessedByLayers("command", "compare", "experiment", "render", "bench")
        .check(classes);
  }
}
