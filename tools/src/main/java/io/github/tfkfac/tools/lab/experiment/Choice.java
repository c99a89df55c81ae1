package io.github.tfkfac.tools.lab.experiment;

/**
 * An option that one experiment has of its own.
 *
 * @param name without dashes
 * @param label of its value
 * @param description for the help
 */
public record Choice(String name, String label, String description) {}
