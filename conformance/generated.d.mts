export function canGenerate(): boolean;
export function generatePrismaClient(): string;
export function keptPrismaClient(): string;
export function keepPrismaClient(typings: string): void;
